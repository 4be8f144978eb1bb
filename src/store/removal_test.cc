#include "store/removal.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"

namespace hearth::store {
namespace {

ModelName named(const std::string& text) {
  return *ModelName::parse(text);
}

class RemovalTest : public testing::Test {
 protected:
  ~RemovalTest() override { std::filesystem::remove_all(folder_); }

  std::string blob(char digit) const {
    return folder_ + "/" + blob_path(*BlobDigest::parse(std::string(kDigestDigits, digit)));
  }
  void write_blob(char digit) {
    std::filesystem::create_directories(folder_ + "/blobs/partial");
    std::ofstream(blob(digit)) << "12345";
  }
  // A model of a file and a projector.
  void install(const std::string& text, char model, char projector) {
    Manifest manifest{.name = named(text), .origin = {named(text), {}, {}}};
    for (const auto& [role, digit] :
         {std::pair(FileRole::kModel, model), std::pair(FileRole::kProjector, projector)}) {
      write_blob(digit);
      const BlobDigest digest = *BlobDigest::parse(std::string(kDigestDigits, digit));
      manifest.files.push_back({role, {}, digest, 5, "x.gguf"});
    }
    ASSERT_TRUE(keep_manifest(folder_, manifest));
  }

  std::string folder_ = testing::TempDir() + "removal_" + std::to_string(::getpid());
};

TEST_F(RemovalTest, TakesTheBlobsThatNobodyElseHas) {
  install("a/model:Q4_K_M", 'a', 'c');
  install("b/model:Q4_K_M", 'b', 'c');
  const auto removed = remove_model(folder_, named("a/model:Q4_K_M"));
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->blobs, 1U);
  EXPECT_EQ(removed->freed_bytes, 5U);
  EXPECT_FALSE(std::filesystem::exists(blob('a')));
  EXPECT_TRUE(std::filesystem::exists(blob('b')));
  EXPECT_TRUE(std::filesystem::exists(blob('c')));
  EXPECT_EQ(remove_model(folder_, named("a/model:Q4_K_M")).error().code, Code::kNotFound);
  EXPECT_EQ(remove_model(folder_, named("b/model:Q4_K_M"))->blobs, 2U);
}

TEST_F(RemovalTest, NothingGoesWhileAnothersManifestCannotBeRead) {
  install("a/model:Q4_K_M", 'a', 'c');
  install("b/model:Q4_K_M", 'b', 'c');
  const std::string damaged = folder_ + "/" + manifest_path(named("b/model:Q4_K_M"));
  std::ofstream(damaged) << "{bad";
  const auto removed = remove_model(folder_, named("a/model:Q4_K_M"));
  ASSERT_FALSE(removed);
  EXPECT_NE(removed.error().message.find(damaged), std::string::npos) << removed.error().message;
  EXPECT_TRUE(std::filesystem::exists(blob('a')));
  std::filesystem::remove(damaged);
  EXPECT_EQ(remove_model(folder_, named("a/model:Q4_K_M"))->blobs, 2U) << "it was still there";
}

TEST_F(RemovalTest, ADamagedManifestGoesByItsNameAndLeavesBlobsToTheCollection) {
  install("a/model:Q4_K_M", 'a', 'c');
  install("b/model:Q4_K_M", 'b', 'c');
  install("d/model:Q4_K_M", 'd', 'c');
  for (const char* name : {"b/model:Q4_K_M", "d/model:Q4_K_M"})
    std::ofstream(folder_ + "/" + manifest_path(named(name))) << "{bad";
  for (const char* name : {"b/model:Q4_K_M", "d/model:Q4_K_M"}) {
    EXPECT_EQ(collect_blobs(folder_).error().code, Code::kCorrupt) << "it may name any blob";
    const auto removed = remove_model(folder_, named(name));
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_TRUE(removed->was_damaged);
    EXPECT_EQ(removed->blobs, 0U);
    EXPECT_EQ(remove_model(folder_, named(name)).error().code, Code::kNotFound);
  }
  EXPECT_EQ(collect_blobs(folder_)->blobs, 2U);
  for (const char digit : {'a', 'c'})
    EXPECT_TRUE(std::filesystem::exists(blob(digit)));
}

TEST_F(RemovalTest, NothingIsCollectedWhereManifestsCannotBeListed) {
  write_blob('a');
  std::ofstream(folder_ + "/manifests") << "no folder";
  EXPECT_FALSE(collect_blobs(folder_));
  EXPECT_TRUE(std::filesystem::exists(blob('a')));
}

TEST_F(RemovalTest, NothingGoesFromAFolderThatIsAlsoOllamas) {
  install("a/model:Q4_K_M", 'a', 'c');
  write_blob('f');
  std::filesystem::create_directories(folder_ + "/manifests-v2");
  EXPECT_EQ(collect_blobs(folder_).error().code, Code::kInvalidArgument);
  EXPECT_EQ(remove_model(folder_, named("a/model:Q4_K_M")).error().code, Code::kInvalidArgument);
  for (const char digit : {'a', 'c', 'f'})
    EXPECT_TRUE(std::filesystem::exists(blob(digit)));
}

// Before it had manifests-v2, Ollama kept its manifests where ours are.
TEST_F(RemovalTest, NothingGoesFromAFolderThatHasManifestsOfOllama) {
  install("a/model:Q4_K_M", 'a', 'c');
  write_blob('f');
  const std::string tags = folder_ + "/manifests/registry.ollama.ai/library/tiny";
  std::filesystem::create_directories(tags);
  std::ofstream(tags + "/latest") << "{}";
  EXPECT_EQ(collect_blobs(folder_).error().code, Code::kInvalidArgument);
  EXPECT_EQ(remove_model(folder_, named("a/model:Q4_K_M")).error().code, Code::kInvalidArgument);
  for (const char digit : {'a', 'c', 'f'})
    EXPECT_TRUE(std::filesystem::exists(blob(digit)));
}

TEST_F(RemovalTest, WhatIsNoBlobIsNotCollected) {
  install("a/model:Q4_K_M", 'a', 'c');
  std::filesystem::create_directories(folder_ + "/blobs/mine");
  for (const char* file : {"/blobs/notes.txt", "/blobs/mine/x", "/blobs/sha256-12"})
    std::ofstream(folder_ + file) << "mine";
  std::ofstream(blob('d') + ".damaged") << "123";
  const auto collected = collect_blobs(folder_);
  ASSERT_TRUE(collected) << collected.error().message;
  EXPECT_EQ(collected->blobs, 1U);
  EXPECT_FALSE(std::filesystem::exists(blob('d') + ".damaged"));
  for (const char* file : {"/blobs/notes.txt", "/blobs/mine/x", "/blobs/sha256-12"})
    EXPECT_TRUE(std::filesystem::exists(folder_ + file)) << file;
}

TEST_F(RemovalTest, NothingIsCollectedWhileAFolderOfManifestsIsElsewhere) {
  install("a/model:Q4_K_M", 'a', 'c');
  const std::string manifests = folder_ + "/manifests";
  std::filesystem::rename(manifests, folder_ + "/elsewhere");
  EXPECT_EQ(collect_blobs(folder_).error().code, Code::kInvalidArgument);
  std::filesystem::create_directories(manifests);
  std::filesystem::create_directory_symlink(folder_ + "/elsewhere", manifests + "/linked");
  EXPECT_EQ(collect_blobs(folder_).error().code, Code::kCorrupt);
  EXPECT_TRUE(std::filesystem::exists(blob('a')));
  std::filesystem::remove(manifests + "/linked");
  EXPECT_EQ(collect_blobs(folder_)->blobs, 2U) << "an empty folder says that nothing is needed";
}

TEST_F(RemovalTest, LeavesBlobsWhileSomebodyFetches) {
  install("a/model:Q4_K_M", 'a', 'c');
  {
    const auto held = hold_blobs(folder_);
    ASSERT_TRUE(held);
    const auto removed = remove_model(folder_, named("a/model:Q4_K_M"));
    ASSERT_TRUE(removed);
    EXPECT_TRUE(removed->somebody_fetches);
    EXPECT_TRUE(collect_blobs(folder_)->somebody_fetches);
    EXPECT_TRUE(std::filesystem::exists(blob('a')));
  }
  EXPECT_EQ(collect_blobs(folder_)->blobs, 2U);
  EXPECT_FALSE(std::filesystem::exists(blob('a')));
}

TEST_F(RemovalTest, CollectsWhatNobodyNames) {
  install("a/model:Q4_K_M", 'a', 'c');
  write_blob('d');
  std::ofstream(folder_ + "/blobs/partial/x.part") << "123";
  const auto collected = collect_blobs(folder_);
  ASSERT_TRUE(collected) << collected.error().message;
  EXPECT_EQ(collected->blobs, 2U);
  EXPECT_EQ(collected->freed_bytes, 8U);
  EXPECT_TRUE(std::filesystem::exists(blob('a')));
  EXPECT_TRUE(std::filesystem::exists(blob('c')));
}

TEST_F(RemovalTest, NothingIsCollectedWhileAManifestCannotBeRead) {
  install("a/model:Q4_K_M", 'a', 'c');
  write_blob('d');
  std::ofstream(folder_ + "/manifests/newer.json") << R"({"format":"hearth manifest","version":9})";
  const auto collected = collect_blobs(folder_);
  ASSERT_FALSE(collected);
  EXPECT_NE(collected.error().message.find("newer.json"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(blob('d')));
}

TEST_F(RemovalTest, NothingIsCollectedWhereNothingIs) {
  EXPECT_EQ(collect_blobs(folder_ + "/none")->blobs, 0U);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/none"));
}

}  // namespace
}  // namespace hearth::store
