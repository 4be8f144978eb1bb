#include "store/leftovers.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testing/temporary_folder.h"
#include "store/make/making_folder.h"

namespace hearth::store {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class LeftoversTest : public ::testing::Test {
 protected:
  std::string target() const { return folder_.file("small.gguf"); }
  std::string making() const { return folder_.file(".small.gguf.making"); }
  // A process that makes the model and is gone before it is whole.
  void make_and_die() const {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto made = MakingFolder::make(target());
      if (made) std::ofstream(made->path() + "/model.gguf") << "12345";
      ::_exit(made ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
  }

  base::testing::TemporaryFolder folder_;
};

TEST_F(LeftoversTest, AMakersFolderGoesWithIt) {
  {
    const auto folder = MakingFolder::make(target());
    ASSERT_TRUE(folder) << folder.error().message;
    std::ofstream(folder->path() + "/model.gguf") << "12345";
    EXPECT_EQ(folder->path(), making());
  }
  EXPECT_FALSE(fs::exists(making()));
}

TEST_F(LeftoversTest, TwoDoNotMakeOneFileAtOnce) {
  const auto folder = MakingFolder::make(target());
  ASSERT_TRUE(folder);
  const std::string begun = folder->path() + "/model.gguf";
  std::ofstream(begun) << "12345";
  const auto other = MakingFolder::make(target());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kAlreadyExists);
  EXPECT_THAT(other.error().message, HasSubstr("is being made"));
  EXPECT_TRUE(fs::exists(begun));
  EXPECT_TRUE(MakingFolder::make(folder_.file("other.gguf")));
}

TEST_F(LeftoversTest, WhatAKilledMakerLeftGoesWithTheNextOne) {
  make_and_die();
  EXPECT_TRUE(fs::exists(making() + "/model.gguf"));
  const auto folder = MakingFolder::make(target());
  ASSERT_TRUE(folder) << folder.error().message;
  EXPECT_FALSE(fs::exists(making() + "/model.gguf"));
}

TEST_F(LeftoversTest, WhatAKilledMakerLeftIsCollected) {
  make_and_die();
  const auto collected = collect_blobs(folder_.path());
  ASSERT_TRUE(collected) << collected.error().message;
  EXPECT_EQ(collected->blobs, 1U);
  EXPECT_EQ(collected->freed_bytes, 5U);
  EXPECT_FALSE(fs::exists(making()));
}

TEST_F(LeftoversTest, WhatALivingMakerMakesIsNot) {
  const auto folder = MakingFolder::make(target());
  ASSERT_TRUE(folder);
  std::ofstream(folder->path() + "/model.gguf") << "12345";
  EXPECT_EQ(collect_blobs(folder_.path())->blobs, 0U);
  EXPECT_TRUE(fs::exists(folder->path() + "/model.gguf"));
}

TEST_F(LeftoversTest, OfALinkOnlyTheLinkGoes) {
  fs::create_directories(making());
  const std::string source = folder_.write("source.gguf", "weights");
  fs::create_symlink(source, making() + "/source-00001-of-00002.gguf");
  EXPECT_EQ(collect_blobs(folder_.path())->freed_bytes, 0U);
  EXPECT_FALSE(fs::exists(making()));
  EXPECT_TRUE(fs::exists(source));
}

TEST_F(LeftoversTest, ACopyThatNobodyHoldsGoesAndNothingThatLooksAlike) {
  const std::string held = folder_.write("held.gguf.new.17", "12345");
  const std::string left = folder_.write("left.gguf.new.18", "1234567");
  const std::vector<std::string> others{
      folder_.write("a.gguf", "1"), folder_.write("a.gguf.new.x", "1"),
      folder_.write("a.txt.new.3", "1"), folder_.write(".notes.making", "1")};
  const auto lock = base::FileLock::try_existing(held);
  ASSERT_TRUE(lock);
  const auto collected = collect_blobs(folder_.path());
  ASSERT_TRUE(collected) << collected.error().message;
  EXPECT_EQ(collected->blobs, 1U);
  EXPECT_EQ(collected->freed_bytes, 7U);
  EXPECT_TRUE(fs::exists(held));
  EXPECT_FALSE(fs::exists(left));
  for (const std::string& other : others)
    EXPECT_TRUE(fs::exists(other)) << other;
}

TEST_F(LeftoversTest, AManifestThatWasBeingWrittenGoesUnlessSomebodyMayWriteIt) {
  fs::create_directories(folder_.file("manifests/a"));
  fs::create_directories(folder_.file("blobs"));
  const std::string left = folder_.write("manifests/a/b.json.new.17", "{");
  {
    const auto held = hold_blobs(folder_.path());
    EXPECT_TRUE(collect_blobs(folder_.path())->somebody_fetches);
    EXPECT_TRUE(fs::exists(left));
  }
  EXPECT_EQ(collect_blobs(folder_.path())->blobs, 1U);
  EXPECT_FALSE(fs::exists(left));
}

}  // namespace
}  // namespace hearth::store
