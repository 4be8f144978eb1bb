#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ollama/model_details.h"
#include "api/testing/face.h"

namespace hearth::api::ollama {
namespace {

using net::testing::RawReply;
using ::testing::AllOf;
using testing::Face;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kShow = "/api/show";

fleet::ModelSheet sheet() {
  fleet::ModelSheet sheet;
  sheet.kind = gguf::ModelKind::kChat;
  sheet.state.model.name = "ember";
  sheet.state.model.modified_ms = 1'700'000'000'123;
  sheet.facts.architecture = "llama";
  sheet.facts.name = "Ember";
  sheet.facts.licence = "apache-2.0";
  sheet.facts.parameters = 3'210'000'000;
  sheet.facts.quantisation = "Q4_K_M";
  sheet.facts.context_trained = 8192;
  sheet.facts.embedding = 2048;
  sheet.facts.layers = 16;
  sheet.facts.heads = 32;
  sheet.facts.heads_kv = {8, 8};
  sheet.facts.chat_template = "{% for tool in tools %}<think>";
  return sheet;
}

store::Manifest manifest() {
  const store::ModelName name = *store::ModelName::parse("mario");
  store::Manifest made{.name = name, .origin = {*store::ModelName::parse("qwen2.5:0.5b"), {}, {}}};
  const auto digest = *store::BlobDigest::parse(std::string(store::kDigestDigits, 'a'));
  made.files.push_back({store::FileRole::kModel, {}, digest, 12, "x.gguf"});
  made.licences = {"mit"};
  made.directions.system = "You are Mario.";
  made.directions.parameters = {{"temperature", "0.3"}, {"stop", "<|end|>"}};
  made.directions.messages = {{store::Speaker::kUser, "Who are you?"}};
  return made;
}

TEST(OllamaTags, TellWhatThereIsUnderNamesWithTags) {
  Face face;
  face.inquiries.sheet = sheet();
  provider::ModelEntry ember{"ember", 20, 1'700'000'000'123};
  ember.sha256 = std::string(64, 'b');
  face.provider.set_models({ember, {"mine", 5, 0}});
  const std::string details =
      R"("details":{"parent_model":"","format":"gguf","family":"llama","families":["llama"],)"
      R"("parameter_size":"3.2B","quantization_level":"Q4_K_M","context_length":8192,)"
      R"("embedding_length":2048},"capabilities":["completion","tools","thinking"]})";
  const std::string body = face.send("GET", "/api/tags").body;
  EXPECT_THAT(body,
              StartsWith(R"({"models":[{"name":"ember:latest","model":"ember:latest",)"
                         R"("modified_at":"2023-11-14T22:13:20.123Z","size":20,"digest":")" +
                         std::string(64, 'b') + R"(",)" + details + R"(,{"name":"mine:latest",)"));
  // Some clients show the beginning of a digest, and all tell models by it.
  const std::string digest = digest_of({"mine", 5, 0});
  EXPECT_EQ(digest.size(), 64U);
  EXPECT_NE(digest, digest_of({"mine", 6, 0}));
  EXPECT_THAT(body, HasSubstr(R"("digest":")" + digest));
}

TEST(OllamaTags, ReadAFileOnceAndAgainWhenItHasChanged) {
  Face face;
  face.inquiries.sheet = sheet();
  face.provider.set_models({{"ember", 20, 1}});
  face.send("GET", "/api/tags");
  face.inquiries.sheet->facts.quantisation = "F16";
  EXPECT_THAT(face.send("GET", "/api/tags").body, HasSubstr("Q4_K_M"));
  face.provider.set_models({{"ember", 20, 2}});
  EXPECT_THAT(face.send("GET", "/api/tags").body, HasSubstr("F16"));
}

TEST(OllamaTags, AModelThatCannotBeReadIsListed) {
  Face face;
  face.inquiries.sheet = fail(Code::kCorrupt, "it is damaged");
  face.provider.set_models({{"ember", 20, 1}});
  const RawReply reply = face.send("GET", "/api/tags");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, AllOf(HasSubstr(R"("name":"ember:latest")"),
                                HasSubstr(R"("families":[],"parameter_size":"")")));
}

TEST(OllamaPs, TellsWhatIsLoadedAndUntilWhen) {
  Face face;
  face.inquiries.sheet = sheet();
  const std::string body = face.send("GET", "/api/ps").body;
  EXPECT_THAT(
      body, AllOf(StartsWith(R"({"models":[{"name":"m:latest","model":"m:latest",)"),
                  HasSubstr(R"("size_vram":0,"context_length":4096})"),
                  HasSubstr(R"("expires_at":"2318-01-01T00:00:00Z")"), Not(HasSubstr("/secret/"))));
}

TEST(OllamaShow, TellsAllThatClientsLookFor) {
  Face face;
  face.inquiries.sheet = sheet();
  face.inquiries.sheet->state.model.manifest = std::make_shared<store::Manifest>(manifest());
  const RawReply reply = face.send("POST", kShow, R"({"model":"mario","verbose":true})");
  EXPECT_EQ(reply.headers.at("x-hearth-ignored"), "verbose");
  EXPECT_THAT(
      reply.body,
      AllOf(StartsWith(R"({"license":"mit","modelfile":"FROM qwen2.5:0.5b\n)"),
            HasSubstr(R"("parameters":"temperature                    0.3\nstop  )"),
            HasSubstr(R"(\"<|end|>\"","template":"{% for)"),
            HasSubstr(R"("system":"You are Mario.","messages":[{"role":"user",)"),
            HasSubstr(R"("details":{"parent_model":"qwen2.5:0.5b",)"),
            HasSubstr(R"("model_info":{"general.architecture":"llama","general.name":"Ember",)"),
            HasSubstr(R"("general.parameter_count":3210000000,"llama.context_length":8192,)"),
            HasSubstr(R"("llama.attention.head_count_kv":8)"),
            HasSubstr(R"("capabilities":["completion","tools","thinking"],)"),
            HasSubstr(R"("modified_at":"2023-11-14T22:13:20.123Z"})")));
}

TEST(OllamaShow, WhatIsKnownOfATemplateIsBetterThanAGuess) {
  fleet::ModelSheet known = sheet();
  known.state.capabilities = chat::Capabilities{.system = true};
  EXPECT_THAT(details_of(known).capabilities, ::testing::ElementsAre("completion"));
  known.kind = gguf::ModelKind::kEmbedding;
  EXPECT_THAT(details_of(known).capabilities, ::testing::ElementsAre("embedding"));
}

TEST(OllamaShow, TakesTheOldNameOfTheField) {
  Face face;
  face.inquiries.sheet = sheet();
  EXPECT_EQ(face.send("POST", kShow, R"({"name":"ember"})").status, 200);
  EXPECT_EQ(face.send("POST", kShow, R"({"model":"ember","name":""})").status, 200);
  EXPECT_EQ(face.inquiries.show.model, "ember");
  const RawReply none = face.send("POST", kShow, R"({"model":""})");
  EXPECT_EQ(none.status, 400);
  EXPECT_EQ(none.body, R"({"error":"model is missing"})");
  EXPECT_EQ(face.send("POST", kShow, R"({"model":"a","name":"b"})").status, 400);
  EXPECT_EQ(face.send("POST", kShow, R"({"model":"a","x":1})").status, 400);
  face.inquiries.sheet = fail(Code::kNotFound, "no such model");
  const RawReply missing = face.send("POST", kShow, R"({"model":"nope"})");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, R"({"error":"model 'nope' not found: no such model"})");
}

TEST(OllamaHello, ClientsHearThatSomebodyIsThere) {
  Face face;
  EXPECT_EQ(face.send("GET", "/").body, "Ollama is running");
  EXPECT_EQ(face.send("HEAD", "/", "", "Connection: close\r\n").status, 200);
  const std::string version = face.send("GET", "/api/version").body;
  EXPECT_THAT(version, StartsWith(R"({"version":"0.33.0","hearth":")"));
}

TEST(OllamaSizes, AreWrittenAsOllamaDoes) {
  EXPECT_EQ(parameter_size(3'210'000'000), "3.2B");
  EXPECT_EQ(parameter_size(494'032'768), "494.03M");
  EXPECT_EQ(parameter_size(12'340), "12.34K");
  EXPECT_EQ(parameter_size(7), "7");
}

}  // namespace
}  // namespace hearth::api::ollama
