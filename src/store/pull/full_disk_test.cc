// A disk without room: said before a byte is fetched where that can be known, and otherwise
// without losing what is there.
#include <cerrno>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testing/small_mount.h"
#include "store/pull/testing/download_place.h"

namespace hearth::store {
namespace {

using ::testing::AllOf;
using testing::DownloadPlace;
using testing::FaultyWeb;
using ::testing::HasSubstr;
using testing::noise;
using testing::QuickDisk;

constexpr std::uint64_t kSize = 700'001;
constexpr std::uint64_t kSmall = 304 * 1024;
constexpr std::uint64_t kLarge = 2 * 1024 * 1024;

const std::string& content() {
  static const std::string bytes = noise(kSize);
  return bytes;
}

// Of so many bytes, of which those are taken that were written.
class SmallDisk : public QuickDisk {
 public:
  explicit SmallDisk(std::uint64_t bytes) : bytes(bytes) {}
  std::uint64_t bytes;
  // What is said to be free, where that is not what is.
  std::optional<std::uint64_t> said_free;
  int at_the_end = ENOSPC;
  bool takes_room = true;

  int reserve(int fd, std::uint64_t size) override {
    if (takes_room && size > bytes) return at_the_end;
    return ::ftruncate(fd, static_cast<off_t>(size)) == 0 ? 0 : errno;
  }
  int write(int fd, std::string_view content, std::uint64_t at) override {
    {
      const base::Lock lock(mutex_);
      if (written_ + content.size() > bytes) return at_the_end;
      written_ += content.size();
    }
    return QuickDisk::write(fd, content, at);
  }
  Result<std::uint64_t> free_bytes(int) override {
    const base::Lock lock(mutex_);
    return said_free.value_or(bytes - std::min(bytes, written_));
  }

 private:
  base::Mutex mutex_;
  std::uint64_t written_ GUARDED_BY(mutex_) = 0;
};

TEST(FullDisk, IsSaidBeforeAnythingIsAskedFor) {
  DownloadPlace place(content());
  place.pace.room.reserve_bytes = 1000;
  FaultyWeb web(content());
  SmallDisk disk(kSmall);
  const auto failed = place.fetch(web, disk);
  EXPECT_EQ(failed.error().code, Code::kResourceExhausted);
  EXPECT_THAT(failed.error().message,
              AllOf(HasSubstr(place.paths().folder),
                    HasSubstr(std::to_string(kSize + 1000 - kSmall) + " bytes are missing"),
                    HasSubstr("`hearth gc`")));
  EXPECT_TRUE(web.requests().empty());
  EXPECT_TRUE(place.is_clean());
}

TEST(FullDisk, IsSaidBeforeTheFirstByteOfAFileThatNobodyPromised) {
  DownloadPlace place(content());
  place.request.file.size_bytes = 0;
  FaultyWeb web(content());
  SmallDisk disk(kSmall);
  EXPECT_EQ(place.fetch(web, disk).error().code, Code::kResourceExhausted);
  EXPECT_EQ(web.sent_bytes(), 0U);
  EXPECT_TRUE(place.is_clean());
}

TEST(FullDisk, StopsAFileThatGrowsWithoutEnd) {
  DownloadPlace place(content());
  place.request.file.size_bytes = 0;
  place.pace.room = {50'000, 10'000};
  FaultyWeb web(content());
  web.has_ranges = false;
  web.says_length = false;
  SmallDisk disk(kSmall);
  EXPECT_EQ(place.fetch(web, disk).error().code, Code::kResourceExhausted);
  EXPECT_LT(web.sent_bytes(), kSmall - 50'000 + 20'000);  // the reserve is left
  EXPECT_TRUE(place.is_clean());
}

TEST(FullDisk, FoundOnlyWhenWritingItKeepsWhatIsThere) {
  for (const int error : {ENOSPC, EDQUOT}) {
    DownloadPlace place(content());
    FaultyWeb web(content());
    SmallDisk disk(kSmall);
    disk.takes_room = false;
    disk.said_free = 1ULL << 40;
    disk.at_the_end = error;
    const auto failed = place.fetch(web, disk);
    EXPECT_EQ(failed.error().code, Code::kResourceExhausted);
    EXPECT_THAT(failed.error().message, AllOf(HasSubstr("is full"), HasSubstr("`hearth gc`")));
    EXPECT_TRUE(place.has_part() && place.has_journal());
    const auto before = web.sent_bytes();
    disk.bytes = kLarge;
    const auto blob = place.fetch(web, disk);
    ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
    EXPECT_EQ(place.content_of(*blob), content());
    EXPECT_LT(web.sent_bytes() - before, kSize - 100'000);
  }
}

struct RealDisk : Disk {
  bool takes_room = true;
  bool says_the_truth = true;
  int reserve(int fd, std::uint64_t size) override {
    if (takes_room) return Disk::reserve(fd, size);
    return ::ftruncate(fd, static_cast<off_t>(size)) == 0 ? 0 : errno;
  }
  Result<std::uint64_t> free_bytes(int fd) override {
    if (says_the_truth) return Disk::free_bytes(fd);
    return std::uint64_t{1} << 40;
  }
};

// What is wrong; empty when all is as it should be. `grow` makes the disk larger.
template <typename AnyDisk>
std::string fill(const std::string& folder, AnyDisk& disk, const std::function<bool()>& grow) {
  DownloadPlace place(content(), folder);
  FaultyWeb web(content());
  const auto is_full = [&] {
    const auto failed = place.fetch(web, disk);
    return !failed && failed.error().code == Code::kResourceExhausted;
  };
  if (!is_full() || web.sent_bytes() != 0 || !place.is_clean()) return "it was not seen before";
  if constexpr (std::is_same_v<AnyDisk, RealDisk>) {
    disk.says_the_truth = false;
  } else {
    disk.said_free = 1ULL << 40;
  }
  if (!is_full() || web.sent_bytes() != 0) return "the room could be taken";
  disk.takes_room = false;
  if (!is_full() || !place.has_journal()) return "it could be written, or nothing is kept";
  const auto before = web.sent_bytes();
  if (before == 0 || before > kSize) return "it was not filled";
  if (!grow()) return "it does not grow";
  const auto blob = place.fetch(web, disk);
  if (!blob) return blob.error().to_string();
  if (place.content_of(*blob) != content()) return "other bytes";
  return web.sent_bytes() - before < kSize ? "" : "all was fetched again";
}

constexpr int kNoMount = 42;

// Exits with 0 when all is as it should be.
[[noreturn]] void fill_a_real_one(const std::string& folder) {
  if (!base::testing::mount_small(folder, kSmall)) ::_exit(kNoMount);
  RealDisk disk;
  const std::string wrong = fill(folder, disk, [&] {
    const std::string size = "size=" + std::to_string(kLarge);
    return ::mount("none", folder.c_str(), "tmpfs", MS_REMOUNT, size.c_str()) == 0;
  });
  if (!wrong.empty()) ::dprintf(STDERR_FILENO, "%s\n", wrong.c_str());
  ::_exit(wrong.empty() ? 0 : 1);
}

// On a file system that is really full; where nobody may mount one, on one that says so.
TEST(FullDisk, ARealOneIsHandledTheSameWay) {
  const base::testing::TemporaryFolder folder;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) fill_a_real_one(folder.path());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) != kNoMount) {
    EXPECT_EQ(WEXITSTATUS(status), 0);
    return;
  }
  RecordProperty("disk", "a pretended one, since none may be mounted");
  SmallDisk disk(kSmall);
  EXPECT_EQ(fill(folder.path(), disk,
                 [&] {
                   disk.bytes = kLarge;
                   return true;
                 }),
            "");
}

}  // namespace
}  // namespace hearth::store
