#include "store/manifest/manifest.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include "base/fd.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"
#include "store/manifest/manifest_text.h"

namespace hearth::store {
namespace {

using ::testing::HasSubstr;

const std::string kHex(64, 'a');

ModelName named(std::string_view text) {
  return *ModelName::parse(text, PlainHttp::kAllowed);
}

ManifestFile file_of(FileRole role, SplitPart part, std::string name) {
  return {role, part, *BlobDigest::parse(kHex), 123, std::move(name)};
}

Manifest small() {
  return {named("a/b:Q8_0"),
          {named("a/b:Q8_0"), "", ""},
          {file_of(FileRole::kModel, {}, "m.gguf")},
          {},
          {}};
}

Manifest full() {
  Manifest manifest = small();
  manifest.name = named("mine");
  manifest.origin = {named("./models/ä.gguf"), "c0ffee", "https://mirror.example:8443/hub"};
  manifest.owner = Owner::kUser;
  manifest.files = {file_of(FileRole::kModel, {2, 2}, "m-00002-of-00002.gguf"),
                    file_of(FileRole::kModel, {1, 2}, "m-00001-of-00002.gguf"),
                    file_of(FileRole::kProjector, {}, "mmproj \"ü\".gguf"),
                    file_of(FileRole::kAdapter, {}, "lora.gguf")};
  manifest.files[0].size_bytes = kFileBytesMax;
  manifest.licences = {"apache-2.0", "A whole\ntext."};
  manifest.directions.chat_template = "{{ .Prompt }}\t\x01";
  manifest.directions.system = "You are \"kind\".";
  manifest.directions.parameters = {{"temperature", "0.7"}, {"stop", "<|end|>"}, {"stop", ""}};
  manifest.directions.messages = {
      {Speaker::kSystem, "s"}, {Speaker::kUser, "u"}, {Speaker::kAssistant, ""}};
  return manifest;
}

TEST(Manifest, ItsTextReadsBack) {
  for (const Manifest& manifest : {small(), full()}) {
    const auto text = write_manifest(manifest);
    ASSERT_TRUE(text.has_value()) << text.error().message;
    const auto read = read_manifest(*text);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(*read, manifest);
  }
}

TEST(Manifest, ItsTextIsTheOneOfThePage) {
  EXPECT_EQ(*write_manifest(small()),
            R"({"format":"hearth manifest","version":1,"name":"hf.co/a/b:Q8_0",)"
            R"("origin":{"name":"hf.co/a/b:Q8_0"},"files":[{"role":"model","digest":"sha256:)" +
                kHex + R"(","size":123,"file_name":"m.gguf"}]})" + "\n");
}

TEST(Manifest, ItsOwnerIsWhomItNamesOrElseJudgedByItsOrigin) {
  Manifest manifest = small();
  EXPECT_EQ(owner_of(manifest), Owner::kHub);
  manifest.name = named("mine");
  EXPECT_EQ(owner_of(manifest), Owner::kUser);
  for (const Owner owner : {Owner::kHub, Owner::kUser}) {
    for (const char* name : {"a/b:Q8_0", "mine"}) {
      manifest.name = named(name);
      manifest.owner = owner;
      EXPECT_EQ(owner_of(*read_manifest(*write_manifest(manifest))), owner);
    }
  }
  std::string text = *write_manifest(manifest);
  EXPECT_THAT(text, HasSubstr(R"("owner":"user")"));
  text.replace(text.find("user"), 4, "cat!");
  EXPECT_EQ(read_manifest(text).error().code, Code::kCorrupt);
}

TEST(Manifest, AnotherVersionIsRefusedWithAdvice) {
  const auto read =
      read_manifest(R"({"format":"hearth manifest","version":2,"something":{"new":true}})");
  EXPECT_EQ(read.error().code, Code::kUnimplemented);
  EXPECT_THAT(read.error().message, HasSubstr("install a newer Hearth"));
}

// Part of a text, and what stands there instead.
struct Damage {
  std::string part;
  std::string instead;
  std::string because;
};

class DamagedManifestTest : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedManifestTest, IsRefusedWithTheReason) {
  std::string text = *write_manifest(full());
  const std::size_t at = text.find(GetParam().part);
  ASSERT_NE(at, std::string::npos) << GetParam().part << " is not in " << text;
  text.replace(at, GetParam().part.size(), GetParam().instead);
  const auto read = read_manifest(text);
  ASSERT_FALSE(read.has_value()) << text;
  EXPECT_EQ(read.error().code, Code::kCorrupt);
  EXPECT_THAT(read.error().message, HasSubstr(GetParam().because));
  EXPECT_THAT(read.error().message, HasSubstr("pull or create the model again"));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, DamagedManifestTest,
    ::testing::Values(
        Damage{"hearth manifest", "docker manifest", "no manifest"},
        Damage{"\"version\":1", "\"version\":0", "version"},
        Damage{"\"version\":1", "\"version\":\"1\"", "version"},
        Damage{"\"version\":1,", "", "version is missing"},
        Damage{"\"version\":1,", "\"version\":1,\"extra\":1,", "extra is nothing"},
        Damage{"\"version\":1,", "\"version\":1,\"version\":1,", "twice"},
        Damage{"\"from\"", "\"form\"", "origin.form is nothing"},
        Damage{"registry.ollama.ai/library/mine:latest", "mine", "is not written as"},
        Damage{"registry.ollama.ai/library/mine:latest", "../x/mine", "not called by the path"},
        Damage{"registry.ollama.ai/library/mine:latest", "x/../mine", "is no host"},
        Damage{"registry.ollama.ai/library/mine:latest", "/etc/mine", "not called by the path"},
        Damage{"https://mirror", "https://me:key@mirror", "the server"},
        Damage{"c0ffee", "c0 ffee", "the revision"}, Damage{"\"files\"", "\"Files\"", "Files"},
        Damage{"{\"name\":\"stop\"", "{\"nome\":\"stop\"", "nome"},
        Damage{"\"temperature\"", "\"Temp erature\"", "the parameter"},
        Damage{"\"0.7\"", "0.7", "must be a string"},
        Damage{"\"user\"", "\"tool\"", "which none has"}, Damage{"}\n", "", "damaged"},
        Damage{"apache-2.0", "apache\\u0000", "NUL"}));

INSTANTIATE_TEST_SUITE_P(
    Files, DamagedManifestTest,
    ::testing::Values(Damage{"\"size\":123", "\"size\":0", "from 1 to"},
                      Damage{"\"size\":123", "\"size\":-1", "from 1 to"},
                      Damage{"\"size\":123", "\"size\":17592186044417", "from 1 to"},
                      Damage{"\"size\":123", "\"size\":99999999999999999999", "from 1 to"},
                      Damage{"\"size\":123", "\"size\":1.5", "whole number"},
                      Damage{"\"size\":123", "\"size\":\"123\"", "whole number"},
                      Damage{"sha256:a", "sha256:", "64 hexadecimal digits"},
                      Damage{"sha256:aaaa", "sha256:../a", "64 hexadecimal digits"},
                      Damage{"sha256:", "sha512:", "64 hexadecimal digits"},
                      Damage{"lora.gguf", "../lora.gguf", "without folders"},
                      Damage{"lora.gguf", "a/b.gguf", "without folders"},
                      Damage{"lora.gguf", "a\\\\b.gguf", "without folders"},
                      Damage{"lora.gguf", "a\\nb.gguf", "without folders"},
                      Damage{"lora.gguf", "a\\u0000.gguf", "NUL"},
                      Damage{"lora.gguf", "..", "without folders"},
                      Damage{"lora.gguf", "", "without folders"},
                      Damage{"lora.gguf", std::string(256, 'x'), "at most 255"},
                      Damage{"\"adapter\"", "\"model\"", "same number of parts"},
                      Damage{"\"adapter\"", "\"virus\"", "which none has"},
                      Damage{"\"part\":2", "\"part\":1", "twice"},
                      Damage{"\"part\":2,\"parts\":2", "\"part\":3,\"parts\":2", "part 3 of 2"},
                      Damage{"\"part\":2,\"parts\":2", "\"part\":2,\"parts\":1025",
                             "from 1 to 1024"},
                      Damage{"\"part\":2,\"parts\":2", "\"part\":2", "parts is missing"},
                      Damage{"\"role\":\"adapter\"", "\"role\":\"adapter\",\"part\":1,\"parts\":2",
                             "only models can be"}));

TEST(Manifest, APartOfTheModelThatIsMissingIsNoticed) {
  Manifest manifest = full();
  manifest.files.erase(manifest.files.begin());
  EXPECT_THAT(write_manifest(manifest).error().message, HasSubstr("1 of 2 parts"));
  manifest.files.erase(manifest.files.begin());
  EXPECT_THAT(write_manifest(manifest).error().message, HasSubstr("no file of the model"));
}

TEST(Manifest, WhatCouldNotBeReadAgainIsNotWritten) {
  Manifest manifest = small();
  manifest.directions.system = "\xff";
  EXPECT_EQ(write_manifest(manifest).error().code, Code::kInvalidArgument);
  manifest.directions.system.assign(kManifestBytesMax, 'x');
  EXPECT_EQ(write_manifest(manifest).error().code, Code::kResourceExhausted);
  manifest = small();
  manifest.directions.messages.resize(kMessagesMax + 1);
  EXPECT_EQ(write_manifest(manifest).error().code, Code::kInvalidArgument);
}

TEST(Manifest, AsMuchAsTheLimitsAllowReadsBack) {
  Manifest manifest = small();
  manifest.directions.messages.resize(kMessagesMax, {Speaker::kUser, "m"});
  manifest.directions.parameters.resize(kParametersMax, {"stop", "s"});
  manifest.licences.resize(kLicencesMax, "l");
  manifest.files.clear();
  for (std::uint32_t number = 1; number <= kSplitPartsMax; ++number)
    manifest.files.push_back(file_of(FileRole::kModel, {number, kSplitPartsMax}, "m.gguf"));
  manifest.files.resize(kFilesMax, file_of(FileRole::kAdapter, {}, "a.gguf"));
  const auto text = write_manifest(manifest);
  ASSERT_TRUE(text.has_value()) << text.error().message;
  const auto read = read_manifest(*text);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(*read, manifest);
}

TEST(Manifest, TextsThatAreNoneAreDamage) {
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string("null"), std::string("7"),
        std::string("\0", 1), std::string(200, '['), std::string(kManifestBytesMax + 1, ' ')}) {
    EXPECT_EQ(read_manifest(text).error().code, Code::kCorrupt) << text.substr(0, 50);
  }
}

std::string random_text() {
  std::string text;
  for (const char c : *rc::gen::arbitrary<std::string>())
    text += c == '\0' || static_cast<unsigned char>(c) > 0x7F ? "ß" : std::string(1, c);
  return text;
}

RC_GTEST_PROP(ManifestProperty, EveryManifestReadsBack, ()) {
  Manifest manifest = small();
  manifest.files.clear();
  const auto parts = *rc::gen::inRange<std::uint32_t>(1, 5);
  for (std::uint32_t number = 1; number <= parts; ++number)
    manifest.files.push_back(file_of(FileRole::kModel, {number, parts}, "m.gguf"));
  for (ManifestFile& file : manifest.files)
    file.size_bytes = *rc::gen::inRange<std::uint64_t>(1, kFileBytesMax + 1);
  manifest.directions.chat_template = random_text();
  manifest.directions.system = random_text();
  for (int left = *rc::gen::inRange(0, 4); left > 0; --left) {
    manifest.licences.push_back(random_text());
    manifest.directions.parameters.push_back({"p" + std::to_string(left), random_text()});
    const auto speaker = *rc::gen::element(Speaker::kSystem, Speaker::kUser, Speaker::kAssistant);
    manifest.directions.messages.push_back({speaker, random_text()});
  }
  const auto text = write_manifest(manifest);
  RC_ASSERT(text.has_value());
  RC_ASSERT(*read_manifest(*text) == manifest);
}

class ManifestFileTest : public ::testing::Test {
 protected:
  ~ManifestFileTest() override { std::filesystem::remove_all(folder_); }

  std::string path_of(const Manifest& manifest) const {
    return folder_ + "/" + manifest_path(manifest.name);
  }

  std::string folder_ = ::testing::TempDir() + "manifests_" + std::to_string(::getpid());
};

TEST_F(ManifestFileTest, IsKeptUnderItsNameAndFoundUnderEverySpelling) {
  ASSERT_TRUE(keep_manifest(folder_, small()).has_value());
  EXPECT_EQ(*load_manifest(folder_, named("huggingface.co/A/B:q8_0")), small());
  Manifest changed = small();
  changed.directions.system = "other";
  ASSERT_TRUE(keep_manifest(folder_, changed).has_value());
  EXPECT_EQ(*load_manifest(folder_, small().name), changed);
  // Nothing is left beside it.
  const auto folder = std::filesystem::path(path_of(changed)).parent_path();
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST_F(ManifestFileTest, WhatIsNotInstalledIsToldHowToGetIt) {
  const auto loaded = load_manifest(folder_, named("a/b"));
  EXPECT_EQ(loaded.error().code, Code::kNotFound);
  EXPECT_THAT(loaded.error().message, HasSubstr("hearth pull"));
}

TEST_F(ManifestFileTest, AnotherModelsManifestIsDamage) {
  ASSERT_TRUE(keep_manifest(folder_, small()).has_value());
  Manifest other = full();
  std::filesystem::create_directories(std::filesystem::path(path_of(other)).parent_path());
  std::filesystem::copy_file(path_of(small()), path_of(other));
  EXPECT_EQ(load_manifest(folder_, other.name).error().code, Code::kCorrupt);
}

TEST_F(ManifestFileTest, AnInvalidManifestLeavesTheOldOne) {
  ASSERT_TRUE(keep_manifest(folder_, small()).has_value());
  Manifest broken = small();
  broken.files.clear();
  EXPECT_FALSE(keep_manifest(folder_, broken).has_value());
  EXPECT_EQ(*load_manifest(folder_, small().name), small());
}

TEST_F(ManifestFileTest, AFileThatIsTooLargeIsNotReadWhole) {
  ASSERT_TRUE(keep_manifest(folder_, small()).has_value());
  std::ofstream(path_of(small()), std::ios::app) << std::string(kManifestBytesMax, ' ');
  EXPECT_EQ(load_manifest(folder_, small().name).error().code, Code::kResourceExhausted);
}

}  // namespace
}  // namespace hearth::store
