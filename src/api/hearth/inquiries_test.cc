#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/hearth/sheet_body.h"
#include "api/testing/face.h"

namespace hearth::api {
namespace {

using net::testing::RawClient;
using ::testing::AllOf;
using testing::Face;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kShow = "/hearth/v1/models/show";
constexpr const char* kFit = "/hearth/v1/models/fit";
constexpr const char* kSearch = "/hearth/v1/models/search";

fleet::ModelSheet sheet() {
  fleet::ModelSheet sheet;
  sheet.state.model = {"m", "/secret/m.gguf", 1000, 5, 7};
  sheet.facts.architecture = "qwen2";
  sheet.facts.licence = "mit";
  sheet.facts.context_trained = 32768;
  sheet.facts.heads_kv = {2, 2};
  sheet.facts.bytes_by_type = {{"Q4_K", 600}, {"F32", 400}};
  sheet.facts.chat_template = "{{ messages }}";
  sheet.long_context =
      gguf::LongContext{131072, 32768, 4.0, "yarn", gguf::LongContextSource::kMakers};
  sheet.kind = gguf::ModelKind::kChat;
  sheet.needs = {{4096, 2048, gguf::KvType::kQ8_0, {1, 2, 3, 4}, 11, fleet::Verdict::kTight}};
  sheet.fit = {fleet::Verdict::kFitsSmaller, 2048, 9};
  sheet.machine = {{{"memory", fleet::DeviceKind::kHost, 100, 20}}};
  return sheet;
}

TEST(Show, SaysWhatTheModelIsAndNeeds) {
  Face face;
  face.inquiries.sheet = sheet();
  const auto reply = face.send("POST", kShow, R"({"model":"m","contexts":[512,1024]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(face.inquiries.show.model, "m");
  EXPECT_EQ(face.inquiries.show.contexts, (std::vector<std::uint32_t>{512, 1024}));
  EXPECT_THAT(
      reply.body,
      AllOf(HasSubstr(R"({"name":"m","kind":"chat")"),
            HasSubstr(R"("bytes_by_type":{"F32":400,"Q4_K":600})"),
            HasSubstr(R"("stretched":{"tokens":131072,"original":32768,"factor":4)"),
            HasSubstr(R"("source":"makers")"), HasSubstr(R"("key_value_heads":2)"),
            HasSubstr(R"("capabilities":null)"), HasSubstr(R"("licences":["mit"])"),
            HasSubstr(R"("template":"{{ messages }}")"),
            HasSubstr(R"({"context":4096,"used":2048,"kv_type":"q8_0","weight_bytes":1,)"
                      R"("kv_bytes":2,"compute_bytes":3,"program_bytes":4,"total_bytes":11,)"
                      R"("verdict":"tight"})"),
            HasSubstr(R"("fit":{"verdict":"fits_smaller","context":2048,"need_bytes":9)"),
            HasSubstr(R"({"name":"memory","available_bytes":100,"held_bytes":20})")));
}

TEST(Show, TellsWhereFilesLieOnlyToThisUser) {
  Face face;
  face.inquiries.sheet = sheet();
  EXPECT_THAT(face.send("POST", kShow, R"({"model":"m"})").body, Not(HasSubstr("/secret")))
      << "a port is open to others";
  EXPECT_THAT(sheet_body(sheet(), Paths::kTold),
              HasSubstr(R"("files":[{"role":"model","path":"/secret/m.gguf"}])"));
}

TEST(Show, TellsWhatWasImportedFromWhereOnlyToThisUser) {
  Face face;
  fleet::ModelSheet shown = sheet();
  const store::ModelName path = *store::ModelName::parse("/secret/of/mine.gguf");
  ASSERT_TRUE(std::holds_alternative<store::PathName>(path.source()));
  store::Manifest manifest{.name = *store::ModelName::parse("mine"), .origin = {path, {}, {}}};
  shown.state.model.manifest = std::make_shared<const store::Manifest>(manifest);
  EXPECT_THAT(sheet_body(shown, Paths::kTold),
              HasSubstr(R"("origin":{"name":"/secret/of/mine.gguf")"));
  face.inquiries.sheet = std::move(shown);
  EXPECT_THAT(face.send("POST", kShow, R"({"model":"m"})").body,
              AllOf(HasSubstr(R"("origin":{"name":"")"), Not(HasSubstr("/secret"))));
}

TEST(Show, SaysWhatItsManifestDoes) {
  fleet::ModelSheet shown = sheet();
  const store::ModelName name = *store::ModelName::parse("o/r:Q4_K_M");
  store::Manifest manifest{.name = name, .origin = {name, "abc", "https://hub.example"}};
  manifest.licences = {"apache-2.0"};
  manifest.directions.chat_template = "own";
  manifest.directions.parameters = {{"stop", "<|end|>"}};
  manifest.directions.messages = {{store::Speaker::kUser, "hi"}};
  shown.state.model.manifest = std::make_shared<const store::Manifest>(manifest);
  shown.state.model.holder = store::Holder::kStore;
  EXPECT_THAT(sheet_body(shown, Paths::kKept),
              AllOf(HasSubstr(R"("licences":["apache-2.0"])"), HasSubstr(R"("template":"own")"),
                    HasSubstr(R"("parameters_set":[{"name":"stop","value":"<|end|>"}])"),
                    HasSubstr(R"("messages":[{"role":"user","content":"hi"}])"),
                    HasSubstr(R"("held_by":"store")"),
                    HasSubstr(R"("revision":"abc","from":"https://hub.example")")));
}

TEST(Show, IsRefusedForWhatCannotBe) {
  Face face;
  face.inquiries.sheet = fail(Code::kNotFound, "no model is called 'x'");
  EXPECT_EQ(face.send("POST", kShow, R"({"model":"x"})").status, 404);
  for (const char* body : {"", "[]", "{}", R"({"model":1})", R"({"model":"m","contexts":[0]})",
                           R"({"model":"m","contexts":["x"]})", R"({"model":"m","other":1})",
                           R"({"model":"m","contexts":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]})"})
    EXPECT_EQ(face.send("POST", kShow, body).status, 400) << body;
}

TEST(FitOfModels, IsToldInTheirOrder) {
  Face face;
  face.inquiries.list.context = 1024;
  face.inquiries.list.models = {{.name = "here",
                                 .parameters = 5,
                                 .context_trained = 512,
                                 .fit = {fleet::Verdict::kFitsSmaller, 512, 9},
                                 .installed = true},
                                {.name = "there", .fit = {fleet::Verdict::kDoesNotFit, 1024, 90}}};
  face.inquiries.list.unread = {"broken"};
  const auto reply = face.send("POST", kFit, R"({"context":1024})");
  EXPECT_EQ(face.inquiries.context, 1024U);
  EXPECT_THAT(
      reply.body,
      AllOf(HasSubstr(R"({"context":1024,"devices":[],"models":[{"name":"here")"),
            HasSubstr(R"("context_trained":512,"verdict":"fits_smaller","context":512,)"),
            HasSubstr(R"("installed":true,"loaded":false,"get":null})"),
            HasSubstr(R"("verdict":"does_not_fit")"), HasSubstr(R"("get":"hearth pull there")"),
            HasSubstr(R"("unread":["broken"])")));
  EXPECT_EQ(face.send("POST", kFit, "{}").status, 200);
  EXPECT_EQ(face.inquiries.context, 0U);
  EXPECT_EQ(face.send("POST", kFit, R"({"context":0})").status, 400);
  EXPECT_EQ(face.send("POST", kFit, R"({"tokens":1})").status, 400);
}

TEST(Search, TellsWhatTheHubHas) {
  Face face;
  face.inquiries.found = std::vector<store::FoundModel>{{"o/r", 12, 3, "2026-11-20", true}};
  const auto reply = face.send("POST", kSearch, R"({"words":"tiny qwen","limit":7})");
  EXPECT_EQ(reply.body, R"({"models":[{"name":"o/r","downloads":12,"likes":3,)"
                        R"("updated":"2026-11-20","gated":true}]})");
  EXPECT_EQ(face.inquiries.search.words, "tiny qwen");
  EXPECT_EQ(face.inquiries.search.limit, 7U);
  for (const char* body : {"{}", R"({"words":7})", R"({"words":"x","limit":0})",
                           R"({"words":"x","limit":101})", R"({"words":"x","sort":"likes"})"})
    EXPECT_EQ(face.send("POST", kSearch, body).status, 400) << body;
  face.inquiries.found = fail(Code::kUnavailable, "nobody answers");
  EXPECT_EQ(face.send("POST", kSearch, R"({"words":"x"})").status, 503);
}

TEST(Search, EndsWhenItsClientLeaves) {
  Face face;
  face.inquiries.silent = true;
  {
    RawClient client(face.port);
    client.request("POST", kSearch, R"({"words":"x"})");
  }
  EXPECT_TRUE(face.becomes_true([&] { return face.inquiries.left.load(); }));
}

}  // namespace
}  // namespace hearth::api
