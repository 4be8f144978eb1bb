#include "store/pull/part_journal.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace hearth::store {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t kSize = 1ULL << 40;

JournalContent nothing() {
  return {{kSize, {}, "\"a\""}, {}, 0};
}

TEST(PartJournal, WhatWasAddedIsThere) {
  const base::testing::TemporaryFolder folder;
  const std::string path = folder.file("j");
  EXPECT_FALSE(PartJournal::load(path)->has_value());
  auto journal = *PartJournal::create(path, nothing(), system_disk());
  ASSERT_TRUE(journal.add({{0, 10}, {20, 30}}).has_value());
  ASSERT_TRUE(journal.add({{10, 20}}).has_value());
  const auto left = *PartJournal::load(path);
  EXPECT_EQ(left->identity, nothing().identity);
  EXPECT_THAT(left->there.extents(), ElementsAre(Extent{0, 30}));
}

TEST(PartJournal, ATornEndIsCutOffBeforeMoreIsWritten) {
  const base::testing::TemporaryFolder folder;
  const std::string path = folder.file("j");
  ASSERT_TRUE(PartJournal::create(path, nothing(), system_disk())->add({{0, 10}}).has_value());
  std::ofstream(path, std::ios::app) << "there 10 2";
  const auto torn = *PartJournal::load(path);
  EXPECT_EQ(torn->there.total(), 10U);
  ASSERT_TRUE(PartJournal::go_on(path, *torn, system_disk())->add({{20, 30}}).has_value());
  EXPECT_THAT((*PartJournal::load(path))->there.extents(),
              ElementsAre(Extent{0, 10}, Extent{20, 30}));
}

// That of this machine, but without waiting for it.
class QuietDisk : public Disk {
 public:
  int sync(int) override { return 0; }
  void sync_name(const std::string&) override {}
};

// Adds so many extents, of which each `gap`-th does not touch the next.
void write_long(const std::string& path, std::uint64_t gap) {
  constexpr std::uint64_t kAdds = 600;
  QuietDisk disk;
  auto journal = *PartJournal::create(path, nothing(), disk);
  ExtentSet all;
  for (std::uint64_t i = 0; i < kAdds; ++i) {
    std::vector<Extent> extents;
    for (std::uint64_t at = i * 100; at < i * 100 + 100; ++at)
      extents.push_back({at * 10, at * 10 + (at % gap == 0 ? 9 : 10)});
    for (const Extent& extent : extents)
      all.add(extent);
    ASSERT_TRUE(journal.add(extents).has_value());
  }
  EXPECT_EQ((*PartJournal::load(path))->there, all);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(PartJournal, ALongOneIsWrittenAnewAndSaysTheSame) {
  const base::testing::TemporaryFolder folder;
  write_long(folder.file("dense"), 1000);
  EXPECT_LE(std::filesystem::file_size(folder.file("dense")), kJournalBytesLong);
  write_long(folder.file("full of holes"), 2);
  EXPECT_GT(std::filesystem::file_size(folder.file("full of holes")), kJournalBytesLong);
}

TEST(PartJournal, WhatIsNoJournalIsNone) {
  const base::testing::TemporaryFolder folder;
  EXPECT_FALSE(PartJournal::load(folder.write("a", "noise\n"))->has_value());
  EXPECT_FALSE(PartJournal::load(folder.write("b", ""))->has_value());
  EXPECT_FALSE(
      PartJournal::load(folder.write("c", std::string(kJournalBytesMax + 1, 'x')))->has_value());
}

}  // namespace
}  // namespace hearth::store
