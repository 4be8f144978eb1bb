#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/openai/embedding_request.h"
#include "api/testing/face.h"
#include "chat/request_part.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api::openai {
namespace {

using api::testing::Face;
using net::testing::RawClient;
using net::testing::RawReply;
using ::testing::HasSubstr;

constexpr const char* kEmbeddings = "/v1/embeddings";
const std::string kAsk = R"({"model":"m","input":["a","b"]})";

chat::Embeddings two_vectors() {
  return {2, 7, {0.6F, -0.8F, 1.0F, 1e-7F}};
}

TEST(Embeddings, AreListedInTheOrderOfTheInputs) {
  Face face;
  face.provider.set_embeddings(two_vectors());
  const RawReply reply = face.send("POST", kEmbeddings, kAsk);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "application/json");
  EXPECT_EQ(reply.body, R"({"object":"list","data":[)"
                        R"({"object":"embedding","index":0,"embedding":[0.6,-0.8]},)"
                        R"({"object":"embedding","index":1,"embedding":[1,1e-07]}],)"
                        R"("model":"m","usage":{"prompt_tokens":7,"total_tokens":7}})");
  EXPECT_EQ(face.provider.embed_requests(), std::vector{(chat::EmbedRequest{"m", {"a", "b"}})});
  EXPECT_THAT(face.metrics(), HasSubstr("hearth_embedded_tokens_total 7\n"));
}

TEST(Embeddings, AsBase64AreLittleEndianFloats) {
  Face face;
  face.provider.set_embeddings(chat::Embeddings{2, 1, {1.0F, -2.0F}});
  const RawReply reply =
      face.send("POST", kEmbeddings, R"({"model":"m","input":"a","encoding_format":"base64"})");
  // 00 00 80 3F, 00 00 00 C0
  EXPECT_THAT(reply.body, HasSubstr(R"("index":0,"embedding":"AACAPwAAAMA="})"));
}

TEST(Embeddings, SayHowLongTheirModelStays) {
  const auto parsed = [](const std::string& own) {
    return parse_embedding_call(R"({"model":"m","input":"a","hearth":)" + own + "}");
  };
  EXPECT_EQ(parsed(R"({"keep_alive":0})").value().request.keep_alive, base::Duration::zero());
  EXPECT_LT(parsed(R"({"keep_alive":-1})").value().request.keep_alive, base::Duration::zero());
  EXPECT_EQ(parsed("{}").value().request.keep_alive, std::nullopt);
  EXPECT_EQ(parsed(R"({"keep_alive":"x"})").error().context, "hearth.keep_alive");
  EXPECT_EQ(parsed(R"({"priority":1})").error().context, "hearth.priority");
}

// An answer of many pieces is one JSON document all the same.
TEST(Embeddings, ManyVectorsComeWhole) {
  constexpr std::uint32_t kDimensions = 2000;
  Face face;
  std::string ask = R"({"model":"m","input":[)";
  for (std::size_t i = 0; i < kInputsMax; ++i)
    ask += i == 0 ? R"("x")" : R"(,"x")";
  chat::Embeddings many{kDimensions, 1, std::vector<float>(kInputsMax * kDimensions, 0.5F)};
  many.values.back() = 0.25F;
  face.provider.set_embeddings(many);
  const RawReply reply = face.send("POST", kEmbeddings, ask + "]}");
  EXPECT_TRUE(reply.complete);
  ASSERT_GT(reply.body.size(), 10 * EmbeddingBody::kPieceBytes);
  const auto body = json::parse(reply.body, {.values = 10'000'000});
  ASSERT_TRUE(body.has_value());
  const json::Node root(*body);
  const auto data = root.require("data")->elements();
  ASSERT_EQ(data->size(), kInputsMax);
  EXPECT_EQ(*data->back().require("index")->integer(0, 10'000), kInputsMax - 1);
  const auto last = data->back().require("embedding")->elements();
  ASSERT_EQ(last->size(), kDimensions);
  EXPECT_EQ(*last->back().number(0, 1), 0.25);
}

TEST(Embeddings, TellWhichFieldIsAtFault) {
  using Part = chat::RequestPart::Kind;
  const auto of = [](Code code, Part part) {
    return make_error(code, "because", chat::part_context({part}));
  };
  struct Case {
    Error error;
    int status;
    std::string told;
  };
  const Case cases[] = {
      {make_error(Code::kNotFound, "because"), 404, R"("model","code":"model_not_found")"},
      {of(Code::kInvalidArgument, Part::kModel), 400, R"("model","code":"invalid_argument")"},
      {of(Code::kInvalidArgument, Part::kDimensions), 400,
       R"("dimensions","code":"invalid_argument")"},
      {of(Code::kContextOverflow, Part::kInput), 400,
       R"("input","code":"context_length_exceeded")"},
      {make_error(Code::kEngineCrashed, "because"), 500, R"(null,"code":"engine_crashed")"}};
  for (const Case& one : cases) {
    Face face;
    face.provider.set_embeddings(fail(one.error));
    const RawReply reply = face.send("POST", kEmbeddings, kAsk);
    EXPECT_EQ(reply.status, one.status);
    EXPECT_THAT(reply.body, HasSubstr(R"({"error":{"message":"because")"));
    EXPECT_THAT(reply.body, HasSubstr(R"("param":)" + one.told));
  }
}

TEST(Embeddings, OfAnotherNumberThanWasAskedForAreNone) {
  for (const chat::Embeddings& wrong : {chat::Embeddings{2, 1, {1, 0}}, chat::Embeddings{0, 1, {}},
                                        chat::Embeddings{3, 1, {1, 0, 0, 0}}}) {
    Face face;
    face.provider.set_embeddings(wrong);
    EXPECT_EQ(face.send("POST", kEmbeddings, kAsk).status, 500);
  }
}

TEST(Embeddings, AClientThatLeavesEndsTheWork) {
  Face face;
  RawClient client(face.port);
  client.request("POST", kEmbeddings, kAsk);
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.embed_requests().size() == 1; }));
  EXPECT_EQ(face.provider.called_off(), 0);
  client.close();
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.called_off() == 1; }));
  EXPECT_TRUE(face.becomes_true(
      [&] { return face.metrics().find(R"(status="499"} 1)") != std::string::npos; }));
  EXPECT_THAT(face.metrics(), HasSubstr("hearth_client_disconnects_total 1\n"));
}

TEST(Embeddings, FieldsWithoutEffectAreNamedAndOthersRefused) {
  Face face;
  face.provider.set_embeddings(two_vectors());
  const RawReply ignored =
      face.send("POST", kEmbeddings, R"({"model":"m","input":["a","b"],"user":"u"})");
  EXPECT_EQ(ignored.status, 200);
  EXPECT_EQ(ignored.headers.at("x-hearth-ignored"), "user");
  const RawReply refused =
      face.send("POST", kEmbeddings, R"({"model":"m","input":"a","pooling":"cls"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr(R"("type":"invalid_request_error","param":"pooling")"));
}

chat::EmbedRequest request_of(const std::string& fields) {
  auto call = parse_embedding_call(R"({"model":"m",)" + fields + "}");
  if (!call) ADD_FAILURE() << call.error().message;
  return call ? call->request : chat::EmbedRequest();
}

TEST(EmbeddingRequest, AnInputIsTextsOrTokens) {
  using Request = chat::EmbedRequest;
  EXPECT_EQ(request_of(R"("input":"a b")"), (Request{"m", {"a b"}}));
  EXPECT_EQ(request_of(R"("input":["a"," "])"), (Request{"m", {"a", " "}}));
  EXPECT_EQ(request_of(R"("input":[1,2147483647])"), (Request{"m", {}, {{1, 2147483647}}}));
  EXPECT_EQ(request_of(R"("input":[[1],[2,3]])"), (Request{"m", {}, {{1}, {2, 3}}}));
  EXPECT_EQ(request_of(R"("input":"a","dimensions":64,"encoding_format":null)"),
            (Request{"m", {"a"}, {}, 64}));
}

TEST(EmbeddingRequest, NamesTheFieldThatIsWrong) {
  std::string many = R"({"model":"m","input":["x")";
  for (std::size_t i = 0; i < kInputsMax; ++i)
    many += R"(,"x")";
  const std::pair<std::string, std::string> cases[] = {
      {"[]", ""},
      {"x", ""},
      {R"({"input":"a"})", "model"},
      {R"({"model":"","input":"a"})", "model"},
      {R"({"model":"m"})", "input"},
      {R"({"model":"m","input":null})", "input"},
      {R"({"model":"m","input":5})", "input"},
      {R"({"model":"m","input":""})", "input"},
      {R"({"model":"m","input":[]})", "input"},
      {R"({"model":"m","input":["a",""]})", "input[1]"},
      {R"({"model":"m","input":["a",1]})", "input[1]"},
      {R"({"model":"m","input":[1,"a"]})", "input[1]"},
      {R"({"model":"m","input":[1,-1]})", "input[1]"},
      {R"({"model":"m","input":[1.5]})", "input[0]"},
      {R"({"model":"m","input":[2147483648]})", "input[0]"},
      {R"({"model":"m","input":[{}]})", "input[0]"},
      {R"({"model":"m","input":[[1],[]]})", "input[1]"},
      {R"({"model":"m","input":[[1],["a"]]})", "input[1][0]"},
      {R"({"model":"m","input":[[1],"a"]})", "input[1]"},
      {many + "]}", "input"},
      {R"({"model":"m","input":"a","encoding_format":"int8"})", "encoding_format"},
      {R"({"model":"m","input":"a","dimensions":0})", "dimensions"},
      {R"({"model":"m","input":"a","dimensions":"64"})", "dimensions"},
      {R"({"model":"m","input":"a","stream":true})", "stream"},
  };
  for (const auto& [body, name] : cases) {
    const auto call = parse_embedding_call(body);
    ASSERT_FALSE(call) << body;
    EXPECT_EQ(call.error().code, Code::kInvalidArgument) << body;
    EXPECT_EQ(call.error().context, name) << body << ": " << call.error().message;
  }
}

}  // namespace
}  // namespace hearth::api::openai
