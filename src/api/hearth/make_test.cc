#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/hearth/make_request.h"
#include "api/testing/face.h"

namespace hearth::api {
namespace {

using net::testing::RawClient;
using net::testing::RawReply;
using ::testing::ElementsAre;
using testing::Face;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kCreate = "/hearth/v1/models/create";
constexpr const char* kVerify = "/hearth/v1/models/verify";

const std::string kHex(store::kDigestDigits, 'a');

store::MadeModel made() {
  const store::ModelName name = *store::ModelName::parse("mine");
  store::Manifest manifest{.name = name, .origin = {name, {}, {}}};
  manifest.files.push_back(
      {store::FileRole::kModel, {}, *store::BlobDigest::parse(kHex), 12, "x.gguf"});
  return {std::move(manifest), {"of the making"}};
}

MakeOrder order_of(const std::string& body) {
  const auto order = read_create(body);
  EXPECT_TRUE(order) << body << ": " << (order ? "" : order.error().message);
  return order.value_or(MakeOrder{});
}

std::string field_at_fault(const std::string& body) {
  const auto order = read_create(body);
  return order ? "none" : order.error().context;
}

TEST(MakeRequest, IsAModelfile) {
  const MakeOrder order =
      order_of(R"({"name":"mine","modelfile":"FROM x\nSYSTEM Be brief.\nPARAMETER num_keep 1"})");
  EXPECT_EQ(order.wish.name, "mine");
  EXPECT_EQ(order.wish.modelfile.system, "Be brief.");
  EXPECT_THAT(order.warnings, ElementsAre(HasSubstr("num_keep")));
}

TEST(MakeRequest, OrIsWrittenInFields) {
  const MakeOrder order = order_of(
      R"({"name":"mine","from":"x","system":"s","template":"{{ m }}","license":["mit","own"],)"
      R"("adapters":"/lora.gguf","stream":false,)"
      R"("parameters":{"temperature":0.7,"seed":42,"use_mmap":true,"top_p":"0.9",)"
      R"("stop":["a","b"]},)"
      R"("messages":[{"role":"user","content":"hi"}]})");
  EXPECT_THAT(order.wish.modelfile.parameters,
              ElementsAre(store::Parameter{"temperature", "0.7"}, store::Parameter{"seed", "42"},
                          store::Parameter{"use_mmap", "true"}, store::Parameter{"top_p", "0.9"},
                          store::Parameter{"stop", "a"}, store::Parameter{"stop", "b"}));
  EXPECT_THAT(order.wish.modelfile.from, ElementsAre("x"));
  EXPECT_THAT(order.wish.modelfile.adapters, ElementsAre("/lora.gguf"));
  EXPECT_THAT(order.wish.modelfile.licences, ElementsAre("mit", "own"));
  EXPECT_EQ(order.wish.modelfile.chat_template, "{{ m }}");
  EXPECT_EQ(order.wish.modelfile.messages.front().content, "hi");
  EXPECT_THAT(order.warnings, ElementsAre(HasSubstr("use_mmap")));
  EXPECT_EQ(order.telling, Telling::kWhole);
}

TEST(MakeRequest, WhatIsWrongNamesItsField) {
  EXPECT_EQ(field_at_fault(R"({"from":"x"})"), "name");
  EXPECT_EQ(field_at_fault(R"({"name":"m"})"), "from");
  EXPECT_EQ(field_at_fault(R"({"name":"m","from":"x","files":{}})"), "files");
  EXPECT_EQ(field_at_fault(R"({"name":"m","modelfile":"FROM x","system":"s"})"), "system");
  EXPECT_EQ(field_at_fault(R"({"name":"m","modelfile":"FORM x"})"), "modelfile");
  EXPECT_EQ(field_at_fault(R"({"name":"m","from":"x","parameters":{"heat":1}})"),
            "parameters.heat");
  EXPECT_EQ(field_at_fault(R"({"name":"m","from":"x","parameters":{"seed":[1]}})"),
            "parameters.seed");
  EXPECT_EQ(field_at_fault(R"({"name":"m","from":"x","messages":[{"role":"tool","content":""}]})"),
            "messages[0].role");
  EXPECT_EQ(field_at_fault(R"({"name":"","from":"x"})"), "name");
}

TEST(MakeRequest, AnImportNeedsAnAbsolutePath) {
  EXPECT_EQ(read_import(R"({"path":"m.gguf"})").error().context, "path");
  EXPECT_EQ(read_import("{}").error().context, "path");
  EXPECT_THAT(read_import(R"({"path":"/m.gguf"})")->wish.modelfile.from, ElementsAre("/m.gguf"));
  EXPECT_EQ(read_copy(R"({"from":"a"})").error().context, "to");
  EXPECT_EQ(read_copy(R"({"to":"a"})").error().context, "from");
}

TEST(Make, IsToldInLinesAndEndsWithWhatIsInstalledAndItsWarnings) {
  Face face;
  face.makes.made = made();
  const RawReply reply =
      face.send("POST", kCreate, R"({"name":"mine","modelfile":"FROM x\nPARAMETER num_keep 1"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "application/x-ndjson");
  EXPECT_THAT(reply.body, HasSubstr(R"({"status":"installed","model":"mine:latest",)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("warnings":["the parameter num_keep)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("of the making"]})"));
}

TEST(Make, TellsHowFarItIsAndIsLeftWhenTheClientGoes) {
  Face face;
  face.makes.progress = {{"m.gguf", 1, 2, 5, 10, 5, 30}};
  {
    RawClient client(face.port);
    client.request("POST", "/hearth/v1/models/copy", R"({"from":"a","to":"b"})");
    client.read_head();
    EXPECT_THAT(client.read_through("}\n"),
                HasSubstr(R"({"status":"importing","file":"m.gguf","number":1,"files":2,)"
                          R"("file_done_bytes":5,"file_size_bytes":10,"done_bytes":5,)"
                          R"("size_bytes":30})"));
  }
  EXPECT_TRUE(face.becomes_true([&] { return face.makes.left.load(); }));
  EXPECT_EQ(face.makes.wish.name, "b");
}

TEST(Make, WhatIsWrongAtOnceHasItsStatus) {
  Face face;
  EXPECT_EQ(face.send("POST", kCreate, "{}").status, 400);
  EXPECT_EQ(face.send("POST", "/hearth/v1/models/import", R"({"path":"x"})").status, 400);
  face.makes.made = Result<store::MadeModel>(fail(Code::kAlreadyExists, "it is pulled"));
  EXPECT_EQ(face.send("POST", kCreate, R"({"name":"m","from":"x"})").status, 409);
  face.makes.refusal = make_error(Code::kResourceExhausted, "wait");
  EXPECT_EQ(face.send("POST", kCreate, R"({"name":"m","from":"x"})").status, 429);
}

store::VerifiedFile verified_file(const std::string& name, store::VerifiedFile::State state) {
  const bool is_good = state == store::VerifiedFile::State::kGood;
  return {state,
          name,
          {"a"},
          *store::BlobDigest::parse(kHex),
          5,
          is_good ? "" : "it is short",
          is_good ? "" : "pull it"};
}

store::DamagedManifest damaged_manifest() {
  return {"manifests/mine.json", *store::ModelName::parse("mine"),
          make_error(Code::kCorrupt, "it is damaged", "/secret/manifests/mine.json")};
}

TEST(Verify, TellsOfEachFile) {
  Face face;
  face.makes.verified =
      store::Verified{{verified_file("m.gguf", store::VerifiedFile::State::kDamaged),
                       verified_file("n.gguf", store::VerifiedFile::State::kGood)},
                      {}};
  const RawReply reply = face.send("POST", kVerify, R"({"models":["a"],"stream":false})");
  EXPECT_EQ(reply.body,
            R"({"status":"verified","files":[{"file":"m.gguf","digest":"sha256:)" + kHex +
                R"(","size_bytes":5,"state":"damaged","models":["a"],)"
                R"("problem":"it is short","advice":"pull it"},)"
                R"({"file":"n.gguf","digest":"sha256:)" +
                kHex + R"(","size_bytes":5,"state":"good","models":["a"]}],"damaged":1})");
  EXPECT_THAT(face.makes.asked, ElementsAre("a"));
  EXPECT_EQ(face.send("POST", kVerify, "{}").status, 200);
  EXPECT_THAT(face.makes.asked, IsEmpty());
  EXPECT_EQ(face.send("POST", kVerify, R"({"models":"a"})").status, 400);
  EXPECT_EQ(face.send("POST", kVerify, R"({"all":true})").status, 400);
  face.makes.verified = fail(Code::kNotFound, "no such model");
  EXPECT_EQ(face.send("POST", kVerify, R"({"models":["x"]})").status, 404);
}

constexpr const char* kDamagedMember =
    R"("damaged_manifests":[{"model":"mine:latest","file":"manifests/mine.json",)"
    R"("problem":"it is damaged","advice":"`hearth rm mine:latest` removes it"}])";

TEST(Verify, CountsManifestsThatCannotBeRead) {
  Face face;
  face.makes.verified = store::Verified{
      {verified_file("m.gguf", store::VerifiedFile::State::kGood)}, {damaged_manifest()}};
  const RawReply reply = face.send("POST", kVerify, "{}");
  EXPECT_THAT(reply.body, HasSubstr(std::string(kDamagedMember) + R"(,"damaged":1})"));
}

TEST(Models, TellOfManifestsThatCannotBeRead) {
  Face face;
  EXPECT_THAT(face.send("GET", "/hearth/v1/models").body, Not(HasSubstr("damaged")));
  face.damaged = {damaged_manifest()};
  EXPECT_THAT(face.send("GET", "/hearth/v1/models").body, HasSubstr(kDamagedMember));
}

}  // namespace
}  // namespace hearth::api
