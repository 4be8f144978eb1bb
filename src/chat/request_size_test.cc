#include "chat/request_size.h"

#include <gtest/gtest.h>

namespace hearth::chat {
namespace {

// Each part of a request that a client fills is counted at least with what it put there.
TEST(RequestSize, EveryPartCounts) {
  const std::string text(1000, 'x');
  const auto grows = [](const Request& request) { return content_bytes(request) >= 1000; };
  EXPECT_EQ(content_bytes(Request{}), 0U);
  EXPECT_TRUE(grows({.messages = {{Role::kUser, text}}}));
  EXPECT_TRUE(grows({.messages = {{.role = Role::kAssistant, .thinking = text}}}));
  EXPECT_TRUE(grows({.messages = {{.tool_calls = {{.arguments = text}}}}}));
  EXPECT_TRUE(grows({.raw_prompt = text}));
  EXPECT_TRUE(grows({.suffix = text}));
  EXPECT_TRUE(grows({.raw_tokens = std::vector<std::int32_t>(250)}));
  EXPECT_TRUE(grows({.stop = {text}}));
  EXPECT_TRUE(grows({.tools = {{.parameters = text}}}));
  EXPECT_TRUE(grows({.constraint = {.text = text}}));
  EXPECT_TRUE(grows({.template_arguments = {{.value = text}}}));
  EXPECT_TRUE(grows({.messages = std::vector<Message>(1000)})) << "empty ones, too";
  EXPECT_GE(content_bytes(TokenizeRequest{.text = text}), 1000U);
  EXPECT_GE(content_bytes(TokenizeRequest{.tokens = std::vector<std::int32_t>(250)}), 1000U);
  EXPECT_GE(content_bytes(TokenizeRequest{.conversation = Request{.raw_prompt = text}}), 1000U);
  EXPECT_GE(content_bytes(EmbedRequest{.texts = {text}}), 1000U);
  EXPECT_GE(content_bytes(EmbedRequest{.token_lists = {std::vector<std::int32_t>(250)}}), 1000U);
}

}  // namespace
}  // namespace hearth::chat
