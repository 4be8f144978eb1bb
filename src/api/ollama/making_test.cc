#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ollama/create_request.h"
#include "api/testing/face.h"

namespace hearth::api::ollama {
namespace {

using net::testing::RawReply;
using ::testing::ElementsAre;
using testing::Face;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kHex(64, 'a');
// An answer to HEAD announces a body that does not come; the end of the connection says so.
constexpr const char* kClose = "Connection: close\r\n";

store::Manifest manifest() {
  const store::ModelName name = *store::ModelName::parse("qwen2.5:0.5b");
  store::Manifest made{.name = name, .origin = {name, {}, {}}};
  made.files.push_back({store::FileRole::kModel, {}, *store::BlobDigest::parse(kHex), 12, "x"});
  return made;
}

store::PullProgress at(std::uint64_t done, store::BlobProgress::Step step) {
  store::PullProgress progress{
      .file_name = "x.gguf", .digest = "sha256:" + kHex, .file = 1, .files = 1};
  progress.blob.step = step;
  progress.blob.done_bytes = done;
  progress.blob.size_bytes = 12;
  return progress;
}

TEST(OllamaPull, IsToldInOllamasWords) {
  using Step = store::BlobProgress::Step;
  Face face;
  face.pulls.progress = {store::PullProgress{}, at(5, Step::kDownloading),
                         at(12, Step::kDownloading), at(12, Step::kChecking)};
  face.pulls.end = manifest();
  const RawReply reply =
      face.send("POST", "/api/pull", R"({"model":"qwen2.5:0.5b","insecure":true})");
  EXPECT_EQ(reply.headers.at("content-type"), "application/x-ndjson");
  EXPECT_THAT(reply.body, StartsWith("{\"status\":\"pulling manifest\"}\n"
                                     "{\"status\":\"pulling aaaaaaaaaaaa\",\"digest\":\"sha256:" +
                                     kHex + "\",\"total\":12,\"completed\":5}\n"));
  EXPECT_TRUE(
      reply.body.ends_with("{\"status\":\"verifying sha256 digest\"}\n"
                           "{\"status\":\"writing manifest\"}\n"
                           "{\"status\":\"success\"}\n"))
      << reply.body;
  EXPECT_TRUE(face.pulls.wish.insecure);
}

TEST(OllamaPull, CanBeToldAtOnce) {
  Face face;
  face.pulls.end = manifest();
  EXPECT_EQ(face.send("POST", "/api/pull", R"({"name":"a","stream":false})").body,
            R"({"status":"success"})");
}

TEST(OllamaPull, WhatGoesWrongIsSaidInOllamasShape) {
  Face face;
  face.pulls.end = fail(Code::kNotFound, "there is no such model");
  const char* ask = R"({"model":"nope"})";
  RawReply reply = face.send("POST", "/api/pull", ask);
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, R"({"error":"model 'nope' not found: there is no such model"})");
  face.pulls.progress = {at(5, store::BlobProgress::Step::kDownloading)};
  face.pulls.end = fail(Code::kUpstream, "the hub is ill");
  reply = face.send("POST", "/api/pull", ask);
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body.ends_with("{\"error\":\"the hub is ill\"}\n")) << reply.body;
  face.pulls.refusal = make_error(Code::kInvalidArgument, "no name");
  EXPECT_EQ(face.send("POST", "/api/pull", ask).body, R"({"error":"no name"})");
}

TEST(OllamaPush, IsRefused) {
  Face face;
  const RawReply reply = face.send("POST", "/api/push", R"({"model":"m"})");
  EXPECT_EQ(reply.status, 501);
  EXPECT_THAT(reply.body, StartsWith(R"({"error":"Hearth publishes no models)"));
}

TEST(OllamaCreate, MakesAModelOfAnotherOne) {
  Face face;
  face.provider.set_models({{"ember", 1, 1}});
  face.makes.made = store::MadeModel{manifest(), {"mind the gap"}};
  const RawReply reply = face.send(
      "POST", "/api/create",
      R"({"model":"mario","from":"ember:latest","system":"You are Mario.","license":["mit"],)"
      R"("parameters":{"temperature":0.3,"stop":["a","b"]},"renderer":"x","template":"",)"
      R"("messages":[{"role":"user","content":"Who?"}]})");
  EXPECT_EQ(reply.headers.at("x-hearth-ignored"), "renderer");
  EXPECT_EQ(reply.body,
            "{\"status\":\"reading model metadata\"}\n"
            "{\"status\":\"using existing layer sha256:" +
                kHex +
                "\"}\n{\"status\":\"note: mind the gap\"}\n{\"status\":\"writing manifest\"}\n"
                "{\"status\":\"success\"}\n");
  const MakeWish& wish = face.makes.wish;
  EXPECT_EQ(wish.name, "mario");
  EXPECT_THAT(wish.modelfile.from, ElementsAre("ember"));
  EXPECT_EQ(wish.modelfile.system, "You are Mario.");
  EXPECT_EQ(wish.modelfile.parameters.size(), 3U);
  EXPECT_EQ(wish.modelfile.messages.size(), 1U);
  EXPECT_EQ(wish.modelfile.chat_template, std::nullopt);
}

TEST(OllamaCreate, MakesAModelOfWhatWasSent) {
  Face face;
  const std::string blob = "/api/blobs/sha256:" + kHex;
  EXPECT_EQ(face.send("HEAD", blob, "", kClose).status, 404);
  EXPECT_EQ(face.send("POST", blob, "weights").status, 201);
  EXPECT_EQ(face.send("POST", blob, "weights").status, 200);
  EXPECT_EQ(face.send("HEAD", blob, "", kClose).status, 200);
  face.makes.made = store::MadeModel{manifest(), {}};
  const RawReply reply = face.send(
      "POST", "/api/create", R"({"model":"mine","files":{"a.gguf":"sha256:)" + kHex + R"("}})");
  EXPECT_THAT(reply.body, StartsWith("{\"status\":\"parsing GGUF\"}\n"
                                     "{\"status\":\"creating new layer sha256:" +
                                     kHex));
  EXPECT_THAT(face.makes.wish.modelfile.from, ElementsAre("/uploads/" + kHex));
  EXPECT_EQ(face.send("HEAD", blob, "", kClose).status, 404) << "it is used up";
}

TEST(OllamaCreate, SaysWhatIsWrong) {
  Face face;
  const std::pair<std::string, std::string> wrong[] = {
      {R"({"from":"a"})", "model is missing"},
      {R"({"model":"x"})", "neither 'from' or 'files'"},
      {R"({"model":"x","from":"a","files":{"b":"sha256:)" + kHex + R"("}})", "two beginnings"},
      {R"({"model":"x","files":{"b":"sha256:)" + kHex + R"("}})", "no blob"},
      {R"({"model":"x","files":{"b":"c"}})", "files.b must be the digest"},
      {R"({"model":"x","from":"a","quantize":"q4_K_M"})", "hearth quantize"},
      {R"({"model":"x","from":"a","parameters":{"temprature":1}})", "temprature"},
      {R"({"model":"x","from":"a","colour":"red"})", "colour"},
  };
  for (const auto& [body, words] : wrong) {
    const RawReply reply = face.send("POST", "/api/create", body);
    EXPECT_GE(reply.status, 400) << body;
    EXPECT_THAT(reply.body, StartsWith(R"({"error":")")) << body;
    EXPECT_THAT(reply.body, HasSubstr(words)) << body;
  }
}

TEST(OllamaCreate, CallsWhatWasSentByItsDigestAndTellsNoFolder) {
  Face face;
  face.send("POST", "/api/blobs/sha256:" + kHex, "weights");
  const std::string path = "/uploads/" + kHex;
  face.makes.made = fail(Code::kInvalidArgument, "'" + path + "' is no GGUF file", path);
  const std::string ask = R"({"model":"mine","files":{"a.gguf":"sha256:)" + kHex + R"("}})";
  const std::string said = R"({"error":"'sha256:)" + kHex + R"(' is no GGUF file"})";
  EXPECT_EQ(face.send("POST", "/api/create", ask).body, said);
  face.makes.refusal = make_error(Code::kInvalidArgument, "'" + path + "' is no GGUF file", path);
  EXPECT_EQ(face.send("POST", "/api/create", ask).body, said);
}

TEST(OllamaBlobs, HaveTheDigestTheyAreCalledBy) {
  Face face;
  EXPECT_EQ(face.send("POST", "/api/blobs/sha256:12", "x").status, 400);
  EXPECT_EQ(face.send("HEAD", "/api/blobs/other", "", kClose).status, 400);
  const RawReply reply = face.send("POST", "/api/blobs/sha256:" + kHex, "other");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, R"({"error":"digest mismatch"})");
}

TEST(OllamaCopy, GivesASecondName) {
  Face face;
  face.makes.made = store::MadeModel{manifest(), {}};
  const RawReply reply =
      face.send("POST", "/api/copy", R"({"source":"mario","destination":"luigi"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(face.makes.wish.name, "luigi");
  EXPECT_THAT(face.makes.wish.modelfile.from, ElementsAre("mario"));
  face.makes.made = fail(Code::kNotFound, "no such model");
  const RawReply missing = face.send("POST", "/api/copy", R"({"source":"x","destination":"y"})");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, R"({"error":"model 'x' not found: no such model"})");
  EXPECT_EQ(face.send("POST", "/api/copy", R"({"source":"x"})").status, 400);
}

TEST(OllamaDelete, RemovesAModel) {
  Face face;
  EXPECT_EQ(face.send("DELETE", "/api/delete", R"({"model":"m"})").status, 200);
  EXPECT_EQ(face.send("DELETE", "/api/delete", R"({"name":"m"})").status, 200);
  EXPECT_EQ(face.send("DELETE", "/api/delete", R"({"model":"x"})").status, 404);
  EXPECT_EQ(face.send("DELETE", "/api/delete").status, 400);
}

}  // namespace
}  // namespace hearth::api::ollama
