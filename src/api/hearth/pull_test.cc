#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"

namespace hearth::api {
namespace {

using net::testing::RawClient;
using net::testing::RawReply;
using ::testing::EndsWith;
using testing::Face;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kPull = "/hearth/v1/models/pull";
constexpr const char* kAsk = R"({"model":"qwen2.5:0.5b"})";

store::Manifest manifest() {
  const store::ModelName name = *store::ModelName::parse("qwen2.5:0.5b");
  store::Manifest made{.name = name, .origin = {name, {}, {}}};
  const auto digest = *store::BlobDigest::parse(std::string(store::kDigestDigits, 'a'));
  made.files.push_back({store::FileRole::kModel, {}, digest, 12, "x.gguf"});
  return made;
}

store::PullProgress at(std::uint64_t done) {
  store::PullProgress progress{.file_name = "x.gguf", .file = 1, .files = 1};
  progress.blob.done_bytes = progress.done_bytes = done;
  progress.blob.size_bytes = progress.size_bytes = 12;
  return progress;
}

TEST(Pull, IsToldInLinesAndEndsWithWhatIsInstalled) {
  Face face;
  face.pulls.progress = {store::PullProgress{}, at(5)};
  face.pulls.end = manifest();
  const RawReply reply = face.send("POST", kPull, kAsk);
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(reply.headers.at("content-type"), "application/x-ndjson");
  EXPECT_THAT(reply.body,
              EndsWith(R"({"status":"installed","model":"qwen2.5:0.5b",)"
                       R"("name":"registry.ollama.ai/library/qwen2.5:0.5b",)"
                       R"("files":[{"role":"model","file":"x.gguf","digest":"sha256:)" +
                       std::string(store::kDigestDigits, 'a') + R"(","size_bytes":12}]})" + "\n"));
}

TEST(Pull, TellsHowFarItIs) {
  Face face;
  face.pulls.progress = {at(5)};
  face.pulls.progress.back().blob.step = store::BlobProgress::Step::kRetrying;
  face.pulls.progress.back().blob.problem = "it broke";
  face.pulls.progress.back().blob.retry_in_ms = 500;
  RawClient client(face.port);
  client.request("POST", kPull, kAsk);
  client.read_head();
  EXPECT_THAT(client.read_through("}\n"),
              HasSubstr(R"({"status":"retrying","file":"x.gguf","number":1,"files":1,)"
                        R"("file_done_bytes":5,"file_size_bytes":12,"done_bytes":5,)"
                        R"("size_bytes":12,"problem":"it broke","retry_in_ms":500})"));
}

TEST(Pull, WhatIsWrongBeforeAnythingIsFetchedHasItsStatus) {
  Face face;
  face.pulls.progress = {store::PullProgress{}};
  face.pulls.end = Result<store::Manifest>(fail(Code::kNotFound, "nobody has it"));
  EXPECT_EQ(face.send("POST", kPull, kAsk).status, 404);
  face.pulls.refusal = make_error(Code::kInvalidArgument, "no such name");
  const RawReply refused = face.send("POST", kPull, kAsk);
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr(R"("param":"model")"));
}

TEST(Pull, WhatGoesWrongLaterIsTheLastLine) {
  Face face;
  face.pulls.progress = {at(5)};
  face.pulls.end = Result<store::Manifest>(fail(Code::kCorrupt, "it has another digest"));
  // The end may come before the line: then it has a status of its own.
  const RawReply reply = face.send("POST", kPull, kAsk);
  EXPECT_THAT(reply.body, HasSubstr("it has another digest"));
  EXPECT_TRUE(reply.complete);
}

TEST(Pull, IsAnsweredInOnePieceWhenAskedSo) {
  Face face;
  face.pulls.progress = {at(5)};
  face.pulls.end = manifest();
  const RawReply reply = face.send(
      "POST", kPull, R"({"model":"mine","digest":"sha256:ab","insecure":true,"stream":false})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "application/json");
  EXPECT_THAT(reply.body, StartsWith(R"({"status":"installed")"));
  EXPECT_EQ(face.pulls.wish.model, "mine");
  EXPECT_EQ(face.pulls.wish.digest, "sha256:ab");
  EXPECT_TRUE(face.pulls.wish.insecure);
}

TEST(Pull, IsLeftWhenTheClientGoes) {
  Face face;
  face.pulls.progress = {at(5)};
  {
    RawClient client(face.port);
    client.request("POST", kPull, kAsk);
    client.read_through("downloading");
  }
  EXPECT_TRUE(face.becomes_true([&] { return face.pulls.left.load(); }));
}

TEST(Pull, RefusesWhatIsNoRequest) {
  Face face;
  for (const char* body : {"", "[]", "{}", R"({"model":1})", R"({"model":"m","force":true})"})
    EXPECT_EQ(face.send("POST", kPull, body).status, 400) << body;
}

TEST(Removal, TellsWhatIsFree) {
  Face face;
  EXPECT_EQ(face.send("POST", "/hearth/v1/models/remove", R"({"model":"m"})").body,
            R"({"status":"removed","files":2,"freed_bytes":7,"files_stay":false})");
  EXPECT_THAT(face.send("POST", "/hearth/v1/models/remove", R"({"model":"damaged"})").body,
              HasSubstr(R"("was_damaged":true)"));
  EXPECT_EQ(face.send("POST", "/hearth/v1/models/remove", R"({"model":"x"})").status, 404);
  EXPECT_EQ(face.send("POST", "/hearth/v1/models/remove", "{}").status, 400);
  EXPECT_EQ(face.send("POST", "/hearth/v1/models/collect", "{}").body,
            R"({"status":"removed","files":0,"freed_bytes":0,"files_stay":true})");
}

}  // namespace
}  // namespace hearth::api
