#include "train/chat_line.h"

#include <gmock/gmock.h>

#include "json/parse.h"

namespace hearth::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ChatLine, IsMessagesAndTools) {
  const auto chat = read_chat_line(
      R"({"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"2+3?"},)"
      R"({"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",)"
      R"("function":{"name":"add","arguments":"{\"a\":2,\"b\":3}"}}]},)"
      R"({"role":"tool","tool_call_id":"c1","name":"add","content":"5"},)"
      R"({"role":"assistant","content":"5."}],)"
      R"("tools":[{"type":"function","function":{"name":"add","description":"Adds.",)"
      R"("parameters":{"type":"object"}}}]})");
  ASSERT_TRUE(chat) << chat.error().message;
  EXPECT_THAT(
      chat->messages,
      ElementsAre(
          chat::Message{.role = chat::Role::kSystem, .content = "Be brief."},
          chat::Message{.role = chat::Role::kUser, .content = "2+3?"},
          chat::Message{.role = chat::Role::kAssistant,
                        .content = "",
                        .tool_calls = {{"c1", "add", R"({"a":2,"b":3})"}}},
          chat::Message{
              .role = chat::Role::kTool, .content = "5", .tool_call_id = "c1", .tool_name = "add"},
          chat::Message{.role = chat::Role::kAssistant, .content = "5."}));
  EXPECT_THAT(chat->tools, ElementsAre(chat::Tool{"add", "Adds.", R"({"type":"object"})"}));
}

TEST(ChatLine, MayHaveCallsAndToolsWithoutTheirFunction) {
  const auto chat = read_chat_line(
      R"({"skill":"call","messages":[{"role":"assistant","tool_calls":[{"name":"add",)"
      R"("arguments":{"a":2}},{"name":"now"}]}],"tools":[{"name":"add"}]})");
  ASSERT_TRUE(chat) << chat.error().message;
  const auto& calls = chat->messages.at(0).tool_calls;
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(json::parse(calls[0].arguments).value(), json::parse(R"({"a":2})").value());
  EXPECT_EQ(calls[1].arguments, "{}");
  EXPECT_EQ(chat->tools.at(0).name, "add");
}

TEST(ChatLine, IsRefusedByTheFieldThatIsWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {R"([])", "object"},
      {R"({"tools":[]})", "messages"},
      {R"({"messages":[]})", "messages"},
      {R"({"messages":[{"content":"a"}]})", "messages[0].role"},
      {R"({"messages":[{"role":"narrator","content":"a"}]})", "messages[0].role"},
      {R"({"messages":[{"role":"user","content":3}]})", "messages[0].content"},
      {R"({"messages":[{"role":"assistant","tool_calls":[{"arguments":{}}]}]})", "name"},
      {R"({"messages":[{"role":"user","content":"a"}],"tools":[{}]})", "tools[0].name"},
      {R"({"messages")", "byte 11"}};
  for (const auto& [line, field] : wrong) {
    const auto chat = read_chat_line(line);
    ASSERT_FALSE(chat) << line;
    EXPECT_EQ(chat.error().code, Code::kInvalidArgument);
    EXPECT_THAT(chat.error().message, HasSubstr(field)) << line;
  }
}

}  // namespace
}  // namespace hearth::train
