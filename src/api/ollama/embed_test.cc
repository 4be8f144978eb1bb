#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ollama/embed_request.h"
#include "api/testing/face.h"
#include "json/parse.h"

namespace hearth::api::ollama {
namespace {

using net::testing::RawReply;
using testing::Face;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kEmbed = "/api/embed";

TEST(OllamaEmbed, GivesAVectorOfEachText) {
  Face face;
  face.provider.set_embeddings(chat::Embeddings{2, 7, {1, 0, 0.5F, -2}});
  const RawReply reply = face.send("POST", kEmbed, R"({"model":"m","input":["a","b"]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, StartsWith(R"({"model":"m","embeddings":[[1,0],[0.5,-2]],)"
                                     R"("total_duration":)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("load_duration":0,"prompt_eval_count":7})"));
  EXPECT_TRUE(face.provider.embed_requests().back().truncate) << "Ollama's default";
}

TEST(OllamaEmbed, TakesItsFields) {
  const auto ask =
      read_embed(R"({"model":"m","input":"a","truncate":false,"dimensions":3,"keep_alive":"1m",)"
                 R"("options":{"num_ctx":9,"temperature":0}})");
  ASSERT_TRUE(ask) << ask.error().message;
  EXPECT_FALSE(ask->request.truncate);
  EXPECT_EQ(ask->request.dimensions, 3U);
  EXPECT_EQ(ask->request.keep_alive, std::chrono::minutes(1));
  EXPECT_THAT(ask->ignored, ::testing::ElementsAre("options.num_ctx", "options.temperature"));
  const std::pair<const char*, const char*> wrong[] = {
      {R"({"input":"a"})", "model"},
      {R"({"model":"m","input":[1]})", "input[0]"},
      {R"({"model":"m","input":["a",""]})", "input[1]"},
      {R"({"model":"m","input":"a","dimensions":-1})", "dimensions"},
      {R"({"model":"m","input":"a","options":{"x":1}})", "options.x"},
      {R"({"model":"m","prompt":"a"})", "prompt"},
  };
  for (const auto& [body, name] : wrong) {
    const auto read = read_embed(body);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().context, name) << body;
  }
}

TEST(OllamaEmbed, OfNothingThereIsNothing) {
  Face face;
  face.provider.set_models({{.name = "m"}});
  for (const char* body :
       {R"({"model":"m","input":""})", R"({"model":"m","input":[]})", R"({"model":"m"})"}) {
    EXPECT_THAT(face.send("POST", kEmbed, body).body,
                StartsWith(R"({"model":"m","embeddings":[],)"));
  }
  EXPECT_EQ(face.send("POST", "/api/embeddings", R"({"model":"m","prompt":""})").body,
            R"({"embedding":[]})");
  EXPECT_TRUE(face.provider.embed_requests().empty());
  face.provider.set_embeddings(fail(Code::kNotFound, "no such model"));
  EXPECT_EQ(face.send("POST", kEmbed, R"({"model":"none","input":""})").status, 404);
}

TEST(OllamaEmbed, TheOlderRouteGivesOneVector) {
  Face face;
  face.provider.set_embeddings(chat::Embeddings{2, 7, {1, -2}});
  EXPECT_EQ(face.send("POST", "/api/embeddings", R"({"model":"m","prompt":"a"})").body,
            R"({"embedding":[1,-2]})");
}

TEST(OllamaEmbed, ManyVectorsComeWhole) {
  constexpr std::uint32_t kDimensions = 2000;
  constexpr std::size_t kInputs = 100;
  Face face;
  face.provider.set_embeddings(
      chat::Embeddings{kDimensions, 1, std::vector<float>(kDimensions * kInputs, 0.125F)});
  std::string body = R"({"model":"m","input":["a")";
  for (std::size_t i = 1; i < kInputs; ++i)
    body += R"(,"a")";
  const RawReply reply = face.send("POST", kEmbed, body + "]}");
  EXPECT_TRUE(reply.complete);
  const auto document = json::parse(reply.body);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->as_object().at("embeddings").as_array().size(), kInputs);
}

TEST(OllamaEmbed, SaysWhatIsWrong) {
  Face face;
  face.provider.set_embeddings(fail(Code::kContextOverflow, "input 0 is too long"));
  RawReply reply = face.send("POST", kEmbed, R"({"model":"m","input":"a"})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, R"({"error":"input 0 is too long"})");
  face.provider.set_embeddings(fail(Code::kNotFound, "no such model"));
  reply = face.send("POST", kEmbed, R"({"model":"m","input":"a"})");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, R"({"error":"model 'm' not found: no such model"})");
}

}  // namespace
}  // namespace hearth::api::ollama
