#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/llamacpp/embedding_fields.h"
#include "api/testing/face.h"
#include "json/parse.h"

namespace hearth::api::llamacpp {
namespace {

using net::testing::RawReply;
using testing::Face;
using ::testing::HasSubstr;

constexpr const char* kEmbedding = "/embedding";

Result<std::string> name(const std::string& named) {
  return named.empty() ? std::string("usual") : named;
}

TEST(LlamacppEmbedding, GivesListsOfVectors) {
  Face face;
  face.provider.set_embeddings(chat::Embeddings{2, 7, {1, 0, 0.5F, -2}});
  const std::string expected =
      R"([{"index":0,"embedding":[[1,0]]},{"index":1,"embedding":[[0.5,-2]]}])";
  EXPECT_EQ(face.send("POST", kEmbedding, R"({"model":"m","content":["a","b"]})").body, expected);
  EXPECT_EQ(face.send("POST", "/embeddings", R"({"model":"m","input":["a","b"]})").body, expected);
  EXPECT_EQ(face.provider.embed_requests().back().texts.size(), 2U);
  face.provider.set_embeddings(chat::Embeddings{2, 7, {1, 0}});
  EXPECT_EQ(face.send("POST", kEmbedding, R"({"model":"m","content":"a"})").body,
            R"([{"index":0,"embedding":[[1,0]]}])");
}

TEST(LlamacppEmbedding, MakesTheNormThatIsAskedFor) {
  Face face;
  face.provider.set_embeddings(chat::Embeddings{2, 1, {0.5F, -0.25F}});
  const auto with_norm = [&](const std::string& norm) {
    return face
        .send("POST", kEmbedding, R"({"model":"m","content":"a","embd_normalize":)" + norm + "}")
        .body;
  };
  EXPECT_THAT(with_norm("2"), HasSubstr("[[0.5,-0.25]]"));
  EXPECT_THAT(with_norm("0"), HasSubstr("[[32760,-16380]]"));
  EXPECT_THAT(with_norm("1"), HasSubstr("[[0.6666667,-0.33333334]]"));
  EXPECT_THAT(with_norm("-1"), HasSubstr("embd_normalize asks for"));
}

TEST(LlamacppEmbedding, AlonePortGivesOneObject) {
  Face face;
  face.role.dimensions = 2;
  face.provider.set_embeddings(chat::Embeddings{2, 7, {1, 0}});
  EXPECT_EQ(face.post_to_role(kEmbedding, R"({"content":"hello world"})").body,
            R"({"embedding":[1,0]})");
  const chat::EmbedRequest asked = face.provider.embed_requests().back();
  EXPECT_EQ(asked.model, "pinned");
  EXPECT_EQ(asked.dimensions, 2U);
  const std::string list = R"([{"index":0,"embedding":[[1,0]]}])";
  EXPECT_EQ(face.post_to_role(kEmbedding, R"({"content":["hello world"]})").body, list);
  EXPECT_EQ(face.post_to_role("/embeddings", R"({"content":"hello world"})").body, list);
  // Other dialects get the same model there, and the same length unless they say another.
  EXPECT_EQ(
      face.post_to_role("/v1/embeddings", R"({"model":"x","input":"a","dimensions":1})").status,
      200);
  EXPECT_EQ(face.provider.embed_requests().back().model, "pinned");
  EXPECT_EQ(face.provider.embed_requests().back().dimensions, 1U);
}

TEST(LlamacppEmbedding, TakesItsFields) {
  const auto ask = read_embedding(
      R"({"content":[[1,2],[3]],"dimensions":5,"id_slot":1,"encoding_format":"float",)"
      R"("hearth":{"keep_alive":"1m"}})",
      name);
  ASSERT_TRUE(ask) << ask.error().message;
  EXPECT_EQ(ask->request.model, "usual");
  EXPECT_EQ(ask->request.token_lists.size(), 2U);
  EXPECT_EQ(ask->request.dimensions, 5U);
  EXPECT_EQ(ask->request.keep_alive, std::chrono::minutes(1));
  EXPECT_THAT(ask->ignored, ::testing::ElementsAre("id_slot"));
  const auto tokens = read_embedding(R"({"content":[1,2]})", name);
  ASSERT_TRUE(tokens) << tokens.error().message;
  EXPECT_EQ(tokens->request.token_lists, (std::vector<std::vector<std::int32_t>>{{1, 2}}));
}

TEST(LlamacppEmbedding, RefusesByName) {
  const std::pair<const char*, const char*> wrong[] = {
      {R"({"model":"m"})", "content"},
      {R"({"content":""})", "content"},
      {R"({"content":[]})", "content"},
      {R"({"content":["a",""]})", "content[1]"},
      {R"({"content":["a",[1]]})", "content[1]"},
      {R"({"content":"a","input":"b"})", "input"},
      {R"({"content":"a","encoding_format":"base64"})", "encoding_format"},
      {R"({"content":"a","image_data":[]})", "image_data"},
  };
  for (const auto& [body, field] : wrong) {
    const auto read = read_embedding(body, name);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().context, field) << body;
  }
}

TEST(LlamacppEmbedding, ManyVectorsComeWhole) {
  constexpr std::uint32_t kDimensions = 2000;
  constexpr std::size_t kInputs = 100;
  Face face;
  face.provider.set_embeddings(
      chat::Embeddings{kDimensions, 1, std::vector<float>(kDimensions * kInputs, 0.125F)});
  std::string body = R"({"model":"m","content":["a")";
  for (std::size_t i = 1; i < kInputs; ++i)
    body += R"(,"a")";
  const RawReply reply = face.send("POST", kEmbedding, body + "]}");
  EXPECT_TRUE(reply.complete);
  const auto document = json::parse(reply.body);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->as_array().size(), kInputs);
}

TEST(LlamacppRerank, IsRefusedWithWhatToDo) {
  Face face;
  for (const char* path : {"/rerank", "/reranking", "/v1/rerank", "/v1/reranking"}) {
    const RawReply reply = face.send("POST", path, R"({"query":"a","documents":["b"]})");
    EXPECT_EQ(reply.status, 501) << path;
    EXPECT_THAT(reply.body, HasSubstr(R"("type":"not_supported_error"}})"));
    EXPECT_THAT(reply.body, HasSubstr("/embedding"));
  }
}

}  // namespace
}  // namespace hearth::api::llamacpp
