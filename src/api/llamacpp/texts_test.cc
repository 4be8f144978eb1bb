#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/llamacpp/prompt_fields.h"
#include "api/testing/face.h"

namespace hearth::api::llamacpp {
namespace {

using net::testing::RawReply;
using testing::Face;
using ::testing::HasSubstr;
using Asked = chat::TokenizeRequest::Result;

TEST(LlamacppTokenize, TellsTokens) {
  Face face;
  face.provider.set_tokens(chat::Tokens{2, {5, 7}});
  EXPECT_EQ(face.send("POST", "/tokenize", R"({"model":"m","content":"a b"})").body,
            R"({"tokens":[5,7]})");
  const chat::TokenizeRequest asked = face.provider.tokenize_requests().back();
  EXPECT_EQ(asked.text, "a b");
  EXPECT_TRUE(asked.parse_special) << "llama-server's default";
  EXPECT_FALSE(asked.add_special);
  face.send("POST", "/tokenize",
            R"({"model":"m","content":"a","add_special":true,"parse_special":false})");
  EXPECT_TRUE(face.provider.tokenize_requests().back().add_special);
  EXPECT_FALSE(face.provider.tokenize_requests().back().parse_special);
}

TEST(LlamacppTokenize, TellsPiecesAndTheBytesOfWhatIsNoText) {
  Face face;
  face.provider.set_tokens(chat::Tokens{2, {5, 7}, {"a\"", "\xC3"}});
  EXPECT_EQ(
      face.send("POST", "/tokenize", R"({"model":"m","content":"x","with_pieces":true})").body,
      R"({"tokens":[{"id":5,"piece":"a\""},{"id":7,"piece":[195]}]})");
  EXPECT_EQ(face.provider.tokenize_requests().back().result, Asked::kPieces);
}

TEST(LlamacppTokenize, TakesTextsAndTokensOneBehindTheOther) {
  Face face;
  face.provider.set_tokens(chat::Tokens{2, {5, 7}});
  const auto sent = [&](const std::string& content) {
    return face.send("POST", "/tokenize",
                     R"({"model":"m","add_special":true,"content":)" + content + "}");
  };
  EXPECT_EQ(sent(R"(["a",1,2,"b"])").body, R"({"tokens":[5,7,1,2,5,7]})");
  const auto asked = face.provider.tokenize_requests();
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].text, "a");
  EXPECT_TRUE(asked[0].add_special);
  EXPECT_EQ(asked[1].text, "b");
  EXPECT_FALSE(asked[1].add_special) << "only what stands first begins";
  EXPECT_EQ(sent("[1,2]").body, R"({"tokens":[1,2]})");
  EXPECT_EQ(sent("[]").body, R"({"tokens":[]})");
  EXPECT_EQ(sent(R"([1,"a"])").body, R"({"tokens":[1,5,7]})");
  EXPECT_FALSE(face.provider.tokenize_requests().back().add_special);
  std::string many = R"(["a")";
  for (std::size_t i = 0; i < kPromptPartsMax; ++i)
    many += R"(,"a")";
  EXPECT_THAT(sent(many + "]").body, HasSubstr("content has more than 256 texts"));
  EXPECT_THAT(
      face.send("POST", "/tokenize", R"({"content":[1],"model":"m","with_pieces":true})").body,
      HasSubstr("with_pieces tells the pieces of texts only"));
}

TEST(LlamacppDetokenize, TellsTheText) {
  Face face;
  face.provider.set_models({{"usual", 1, 1}});
  face.provider.set_tokens(chat::Tokens{2, {}, {}, "a <b>"});
  EXPECT_EQ(face.send("POST", "/detokenize", R"({"tokens":[5,7]})").body, R"({"content":"a <b>"})");
  const chat::TokenizeRequest asked = face.provider.tokenize_requests().back();
  EXPECT_EQ(asked.model, "usual");
  EXPECT_EQ(asked.tokens, (std::vector<std::int32_t>{5, 7}));
  EXPECT_EQ(asked.result, Asked::kText);
}

TEST(LlamacppTemplate, TellsThePromptOfAConversation) {
  Face face;
  face.provider.set_models({{"usual", 1, 1}});
  face.provider.set_tokens(chat::Tokens{2, {}, {}, "<|user|>hi"});
  EXPECT_EQ(face.send("POST", "/apply-template",
                      R"({"messages":[{"role":"user","content":"hi"}],"chat_template_kwargs":{}})")
                .body,
            R"({"prompt":"<|user|>hi"})");
  const chat::TokenizeRequest asked = face.provider.tokenize_requests().back();
  ASSERT_TRUE(asked.conversation);
  EXPECT_EQ(asked.conversation->messages.size(), 1U);
  EXPECT_EQ(asked.result, Asked::kText);
}

TEST(LlamacppTexts, SayWhatIsWrong) {
  Face face;
  const std::pair<const char*, const char*> wrong[] = {
      {"/tokenize", R"({"model":"m","content":5})"},
      {"/tokenize", R"({"model":"m","content":["a",[1]]})"},
      {"/tokenize", R"({"model":"m","content":"a","magic":1})"},
      {"/detokenize", R"({"model":"m","tokens":["a"]})"},
      {"/detokenize", R"({"model":"m","tokens":[-1]})"},
      {"/apply-template", R"({"model":"m"})"},
      {"/apply-template", "[]"},
  };
  for (const auto& [path, body] : wrong) {
    const RawReply reply = face.send("POST", path, body);
    EXPECT_EQ(reply.status, 400) << path << body;
    EXPECT_THAT(reply.body, HasSubstr(R"("type":"invalid_request_error"}})")) << reply.body;
  }
  face.provider.set_tokens(fail(Code::kNotFound, "no such model"));
  EXPECT_EQ(face.send("POST", "/tokenize", R"({"model":"x","content":"a"})").body,
            R"({"error":{"code":404,"message":"no such model","type":"not_found_error"}})");
}

TEST(LlamacppTokenize, AClientThatLeavesEndsTheWork) {
  Face face;
  {
    net::testing::RawClient client(face.port);
    client.request("POST", "/tokenize", R"({"model":"m","content":"a"})");
    ASSERT_TRUE(face.becomes_true([&] { return !face.provider.tokenize_requests().empty(); }));
  }
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.called_off() == 1; }));
}

}  // namespace
}  // namespace hearth::api::llamacpp
