#include "engine/prefix/cache.h"

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <numeric>

#include <gmock/gmock.h>

#include "base/testing/temporary_folder.h"
#include "engine/limits.h"

namespace hearth::engine::prefix {
namespace {

namespace fs = std::filesystem;
using Tokens = std::vector<Token>;

constexpr std::size_t kPlenty = 1 << 20;

Tokens count_from(Token first, std::size_t count) {
  Tokens tokens(count);
  std::iota(tokens.begin(), tokens.end(), first);
  return tokens;
}

Tokens operator+(Tokens one, const Tokens& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

// A cache whose reports are run when the test asks for them, and whose states are ten bytes a
// token that say which.
class PrefixCache : public ::testing::Test {
 protected:
  void open(std::size_t memory, std::size_t files) {
    cache_.reset();
    reports_.clear();
    cache_.emplace(Cache::Options{memory, files, folder_.path(), "model"}, [this](auto report) {
      const std::lock_guard lock(mutex_);
      reports_.push_back(std::move(report));
      arrived_.notify_all();
    });
    EXPECT_EQ(cache_->ready(), files == 0);
    if (files > 0) run_report();  // the list
    EXPECT_TRUE(cache_->ready());
  }
  void run_report() {
    Cache::Report report;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return !reports_.empty(); });
      report = std::move(reports_.front());
      reports_.erase(reports_.begin());
    }
    report();
  }
  void park(const Tokens& tokens, const std::string& scope = "") {
    cache_->park(scope, tokens, [&](std::size_t first, std::size_t count) {
      ++saved_;
      std::string state;
      for (std::size_t i = first; i < first + count; ++i) {
        std::string one = std::to_string(tokens[i]);
        one.resize(10);
        state += one;
      }
      return std::make_shared<const std::string>(state);
    });
  }
  std::size_t known(const Tokens& tokens, const std::string& scope = "") {
    return cache_->known(scope, tokens);
  }
  bool in_memory(const Tokens& tokens) { return Cache::in_memory(cache_->find("", tokens)); }
  void fetch(const Tokens& tokens) {
    bool done = false;
    cache_->fetch(cache_->find("", tokens), [&] { done = true; });
    while (!done)
      run_report();
  }
  std::vector<fs::path> files() {
    std::vector<fs::path> list;
    for (const auto& entry : fs::directory_iterator(folder_.path()))
      list.push_back(entry.path());
    return list;
  }

  base::testing::TemporaryFolder folder_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Cache::Report> reports_;
  std::optional<Cache> cache_;
  int saved_ = 0;
};

TEST_F(PrefixCache, SavesOnlyWhatIsNotKeptYet) {
  open(kPlenty, 0);
  const Tokens shared = count_from(0, 100);
  park(shared + count_from(1000, 50));
  EXPECT_EQ(saved_, 1);
  park(shared + count_from(2000, 50));
  EXPECT_EQ(saved_, 2);
  EXPECT_EQ(cache_->memory_bytes(), 2000U);
  park(shared + count_from(1000, 50));
  EXPECT_EQ(saved_, 2);
  EXPECT_EQ(known(shared + count_from(2000, 60)), 150U);
}

TEST_F(PrefixCache, CutsWhatIsLongIntoSpansAndLeavesOutWhatIsTiny) {
  open(kPlenty, 0);
  park(count_from(0, 2 * kSpanTokens + kSmallestSpan - 1));
  EXPECT_EQ(saved_, 2);
  EXPECT_EQ(known(count_from(0, 3 * kSpanTokens)), 2 * kSpanTokens + kSmallestSpan - 1);
  park(count_from(5000, kSmallestSpan - 1));
  EXPECT_EQ(saved_, 2);
}

TEST_F(PrefixCache, KeepsToItsMemoryAndForgetsTheOldestFirst) {
  open(2500, 0);
  park(count_from(0, 100));
  park(count_from(1000, 100));
  cache_->find("", count_from(0, 100));
  park(count_from(2000, 100));
  EXPECT_EQ(cache_->memory_bytes(), 2000U);
  EXPECT_EQ(known(count_from(0, 100)), 100U);
  EXPECT_EQ(known(count_from(1000, 100)), 0U);
}

TEST_F(PrefixCache, WhatLeavesMemoryIsReadBackFromItsFile) {
  open(1500, kPlenty);
  park(count_from(0, 100));
  run_report();  // written
  park(count_from(1000, 100));
  run_report();
  EXPECT_EQ(known(count_from(0, 100)), 100U);
  ASSERT_FALSE(in_memory(count_from(0, 100)));
  fetch(count_from(0, 100));
  const Path path = cache_->find("", count_from(0, 100));
  ASSERT_TRUE(path.at(0).node->state);
  EXPECT_EQ(path.at(0).node->state->substr(990, 2), "99");
  EXPECT_EQ(cache_->memory_bytes(), 1000U);
}

TEST_F(PrefixCache, APromptLargerThanItsMemoryIsKeptInFiles) {
  open(3000, kPlenty);
  const Tokens prompt = count_from(0, 4 * kSpanTokens);
  park(prompt);
  EXPECT_LE(cache_->memory_bytes(), 3000U);
  EXPECT_EQ(known(prompt), prompt.size());
  open(kPlenty, kPlenty);
  EXPECT_EQ(known(prompt), prompt.size());
}

TEST_F(PrefixCache, WithoutFilesAPromptLargerThanItsMemoryKeepsItsBeginning) {
  open(3000, 0);
  park(count_from(5000, 100));
  park(count_from(0, 4 * kSpanTokens));
  EXPECT_LE(cache_->memory_bytes(), 3000U);
  EXPECT_EQ(known(count_from(0, 4 * kSpanTokens)), kSpanTokens);
}

TEST_F(PrefixCache, TheNextOneFindsWhatThisOneWrote) {
  open(kPlenty, kPlenty);
  const Tokens prompt = count_from(0, 3 * kSpanTokens);
  park(prompt, "alice");
  open(kPlenty, kPlenty);
  EXPECT_EQ(known(prompt, "alice"), prompt.size());
  EXPECT_EQ(known(prompt), 0U);
  EXPECT_EQ(cache_->memory_bytes(), 0U);
  EXPECT_GT(cache_->file_bytes(), 10 * prompt.size());
}

TEST_F(PrefixCache, ADamagedFileIsForgottenWithWhatFollowedIt) {
  open(kPlenty, kPlenty);
  const Tokens prompt = count_from(0, 2 * kSpanTokens);
  park(prompt);
  open(kPlenty, kPlenty);
  for (const fs::path& path : files()) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-5, std::ios::end);
    file.put('!');
  }
  fetch(prompt);
  EXPECT_EQ(known(prompt), 0U);
  EXPECT_EQ(cache_->file_bytes(), 0U);
  cache_.reset();  // whose worker then has removed them
  EXPECT_TRUE(files().empty());
}

TEST_F(PrefixCache, FilesThatNobodyUnderstandsAreRemovedAndOthersAreLeftAlone) {
  folder_.write("0123.span", "nonsense");
  folder_.write("0124.span.part", "half of one");
  folder_.write("cost-table", "not ours");
  open(kPlenty, kPlenty);
  ASSERT_EQ(files().size(), 1);
  EXPECT_EQ(files()[0].filename(), "cost-table");
}

TEST_F(PrefixCache, KeepsToItsDiskSpace) {
  open(kPlenty, 3000);
  for (Token first = 0; first < 5000; first += 1000) {
    park(count_from(first, 100));
    run_report();
    EXPECT_LE(cache_->file_bytes(), 3000U);
  }
  cache_.reset();
  std::uintmax_t sum = 0;
  for (const fs::path& path : files())
    sum += fs::file_size(path);
  EXPECT_GT(sum, 1000U);
  EXPECT_LE(sum, 3000U);
}

TEST_F(PrefixCache, AFolderThatCannotBeWrittenCostsOnlyTheFiles) {
  open(kPlenty, kPlenty);
  fs::remove(folder_.path());
  park(count_from(0, 100));
  run_report();
  EXPECT_EQ(known(count_from(0, 100)), 100U);
  EXPECT_TRUE(in_memory(count_from(0, 100)));
  EXPECT_EQ(cache_->file_bytes(), 0U);
}

}  // namespace
}  // namespace hearth::engine::prefix
