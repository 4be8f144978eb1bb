#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/hearth/tokenize_request.h"
#include "api/testing/face.h"

namespace hearth::api {
namespace {

using api::testing::Face;
using net::testing::RawClient;
using net::testing::RawReply;
using ::testing::HasSubstr;
using Asked = chat::TokenizeRequest::Result;

constexpr const char* kTokenize = "/hearth/v1/tokenize";

TEST(Tokenize, TellsTheTokensOfAText) {
  Face face;
  face.provider.set_tokens(chat::Tokens{3, {5, -1, 7}});
  const RawReply reply = face.send(
      "POST", kTokenize, R"({"model":"m","text":"a <b>","add_special":true,"parse_special":true})");
  EXPECT_EQ(reply.body, R"({"model":"m","count":3,"tokens":[5,-1,7]})");
  const chat::TokenizeRequest expected{
      .model = "m", .text = "a <b>", .add_special = true, .parse_special = true};
  EXPECT_EQ(face.provider.tokenize_requests(), std::vector{expected});
}

TEST(Tokenize, OnlyCountsWhenThatIsAskedFor) {
  Face face;
  face.provider.set_tokens(chat::Tokens{3, {}});
  const std::string ask = R"({"model":"m","text":"","count_only":true})";
  EXPECT_EQ(face.send("POST", kTokenize, ask).body, R"({"model":"m","count":3})");
  EXPECT_EQ(face.provider.tokenize_requests().at(0),
            (chat::TokenizeRequest{.model = "m", .result = Asked::kCount}));
}

TEST(Tokenize, CountsAConversationWithEverythingItsPromptDependsOn) {
  Face face;
  face.provider.set_tokens(chat::Tokens{30, {}});
  const RawReply reply = face.send(
      "POST", kTokenize,
      R"({"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":5,"stream":true,)"
      R"("tools":[{"type":"function","function":{"name":"f"}}],"hearth":{"thinking":false},)"
      R"("chat_template_kwargs":{"x":1}})");
  EXPECT_EQ(reply.body, R"({"model":"m","count":30})");
  const auto asked = face.provider.tokenize_requests();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].model, "m");
  EXPECT_EQ(asked[0].result, Asked::kCount);
  ASSERT_TRUE(asked[0].conversation.has_value());
  EXPECT_EQ(asked[0].conversation->messages.size(), 1U);
  EXPECT_EQ(asked[0].conversation->tools.size(), 1U);
  EXPECT_EQ(asked[0].conversation->thinking.mode, chat::Thinking::Mode::kOff);
  EXPECT_EQ(asked[0].conversation->template_arguments.size(), 1U);
  EXPECT_EQ(asked[0].conversation->id, reply.headers.at("x-request-id"));
}

TEST(Tokenize, AClientThatLeavesEndsTheWork) {
  Face face;
  face.provider.set_tokens(std::nullopt);
  RawClient client(face.port);
  client.request("POST", kTokenize, R"({"model":"m","text":"a"})");
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.tokenize_requests().size() == 1; }));
  client.close();
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.called_off() == 1; }));
}

TEST(Tokenize, TellsWhyItCannot) {
  Face face;
  const std::string ask = R"({"model":"m","text":"a"})";
  face.provider.set_tokens(fail(Code::kNotFound, "there is no model \"m\""));
  const RawReply none = face.send("POST", kTokenize, ask);
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr(R"("param":"model","code":"model_not_found")"));
  face.provider.set_tokens(fail(Code::kEngineCrashed, "it died"));
  EXPECT_EQ(face.send("POST", kTokenize, ask).status, 500);
  const RawReply wrong = face.send("POST", kTokenize, R"({"model":"m","text":5})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr(R"("param":"text")"));
}

TEST(TokenizeRequest, NamesTheFieldThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"[]", ""},
      {"x", ""},
      {R"({"text":"a"})", "model"},
      {R"({"model":"m"})", "text"},
      {R"({"model":"","text":"a"})", "model"},
      {R"({"model":5,"text":"a"})", "model"},
      {R"({"model":"m","text":"a","count_only":1})", "count_only"},
      {R"({"model":"m","text":"a","add_special":"yes"})", "add_special"},
      {R"({"model":"m","text":"a","parse_special":[]})", "parse_special"},
      {R"({"model":"m","text":"a","tools":[]})", "tools"},
      {R"({"model":"m","text":"a","messages":[{"role":"user","content":"hi"}]})", "text"},
      {R"({"model":"m","messages":[]})", "messages"},
      {R"({"model":"m","messages":[{"role":"user"}]})", "messages[0].content"},
      {R"({"model":"m","messages":[{"role":"user","content":"a"}],"count_only":false})",
       "count_only"},
      {R"({"model":"m","messages":[{"role":"user","content":"a"}],"add_special":true})",
       "add_special"},
  };
  for (const auto& [body, name] : cases) {
    const auto request = parse_tokenize_request(body);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().code, Code::kInvalidArgument) << body;
    EXPECT_EQ(request.error().context, name) << body << request.error().message;
  }
}

}  // namespace
}  // namespace hearth::api
