#include "store/make/blob_import.h"

#include <cerrno>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/testing/small_mount.h"
#include "base/testing/temporary_folder.h"
#include "gguf/gguf_bytes_for_test.h"
#include "store/digest.h"
#include "store/manifest/layout.h"
#include "store/removal.h"

namespace hearth::store {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class SmallDisk : public Disk {
 public:
  std::uint64_t free = 1ULL << 40;
  std::uint64_t takes = 1ULL << 40;  // and then it is full
  std::uint64_t written = 0;
  bool clones = false;

  // As a file system would that can.
  int clone(int fd, int source) override {
    if (!clones) return EOPNOTSUPP;
    std::string bytes(static_cast<std::size_t>(::lseek(source, 0, SEEK_END)), '\0');
    const ssize_t count = ::pread(source, bytes.data(), bytes.size(), 0);
    if (count < 0) return errno;
    return Disk::write(fd, bytes, 0);
  }
  int reserve(int fd, std::uint64_t size) override {
    return ::ftruncate(fd, static_cast<off_t>(size)) == 0 ? 0 : errno;
  }
  int write(int fd, std::string_view bytes, std::uint64_t at) override {
    written += bytes.size();
    return written > takes ? ENOSPC : Disk::write(fd, bytes, at);
  }
  int sync(int) override { return 0; }
  Result<std::uint64_t> free_bytes(int) override { return free; }
};

class BlobImportTest : public ::testing::Test {
 protected:
  BlobImportTest() {
    import_.store_folder = folder_.path() + "/store";
    import_.path = folder_.path() + "/m.gguf";
    std::ofstream(import_.path, std::ios::binary) << bytes_;
  }

  Result<Blob> import() { return import_blob(import_, disk_, cancel_.token()); }
  std::string blob_file(const BlobDigest& digest) const {
    return import_.store_folder + "/" + blob_path(digest);
  }
  bool has_part() const { return !fs::is_empty(import_.store_folder + "/blobs/partial"); }

  // Of several blocks.
  const std::string bytes_ =
      gguf::small_llama().tensor("more.weight", {1024, 1024, 1}).data_bytes(5 << 20).build();
  base::testing::TemporaryFolder folder_;
  BlobImport import_;
  SmallDisk disk_;
  base::CancelSource cancel_;
};

TEST_F(BlobImportTest, ClonedOrCopiedItIsTheSameBlob) {
  for (const bool clones : {false, true}) {
    disk_.clones = clones;
    disk_.written = 0;
    const auto blob = import();
    ASSERT_TRUE(blob) << blob.error().message;
    EXPECT_EQ(blob->digest, *digest_of_text(bytes_));
    EXPECT_EQ(*base::load_text_file(blob_file(blob->digest), 64 * base::kMiB), bytes_);
    EXPECT_EQ(disk_.written, clones ? 0 : bytes_.size());
    EXPECT_FALSE(has_part());
    fs::remove(blob_file(blob->digest));
  }
}

TEST_F(BlobImportTest, WhatIsClonedNeedsNoRoom) {
  disk_.clones = true;
  disk_.free = 0;
  EXPECT_TRUE(import());
}

TEST_F(BlobImportTest, TheBlobIsNotTheFileItself) {
  const auto blob = import();
  ASSERT_TRUE(blob);
  std::fstream(import_.path, std::ios::in | std::ios::out | std::ios::binary) << "changed";
  EXPECT_EQ(*base::load_text_file(blob_file(blob->digest), 64 * base::kMiB), bytes_);
}

// Nobody has looked at it since; what was read just now is known to be right.
TEST_F(BlobImportTest, ABlobThatIsThereIsReplaced) {
  const auto blob = import();
  const std::string file = blob_file(blob->digest);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary) << "damaged";
  ASSERT_TRUE(import());
  EXPECT_EQ(*base::load_text_file(file, 64 * base::kMiB), bytes_);
  EXPECT_FALSE(has_part());
  fs::resize_file(file, 10);
  ASSERT_TRUE(import());
  EXPECT_EQ(fs::file_size(file), bytes_.size());
}

TEST_F(BlobImportTest, AFullDiskIsSaidBeforeTheFirstByte) {
  disk_.free = kDiskReserveBytes + bytes_.size() - 1;
  const auto failed = import();
  EXPECT_EQ(failed.error().code, Code::kResourceExhausted);
  EXPECT_THAT(failed.error().message, HasSubstr("1 bytes are missing"));
  EXPECT_EQ(disk_.written, 0U);
  EXPECT_FALSE(has_part());
}

TEST_F(BlobImportTest, ADiskThatFillsMeanwhileLeavesNothing) {
  disk_.takes = bytes_.size() / 2;
  const auto failed = import();
  EXPECT_EQ(failed.error().code, Code::kResourceExhausted);
  EXPECT_THAT(failed.error().message, HasSubstr("is full"));
  EXPECT_FALSE(has_part());
}

constexpr int kNoMount = 42;

// Exits with 0 when a file that is larger than the disk is refused, and what is left is its room.
[[noreturn]] void fill_a_real_one(BlobImport import) {
  if (!base::testing::mount_small(import.store_folder, 2 * base::kMiB)) ::_exit(kNoMount);
  const base::CancelSource cancel;
  import.room = {};
  const auto refused = import_blob(import, system_disk(), cancel.token());
  SmallDisk unasked;  // says that there is room, and takes none beforehand
  const auto full = import_blob(import, unasked, cancel.token());
  const bool is_empty = fs::is_empty(import.store_folder + "/blobs/partial");
  const bool is_right = !refused && refused.error().code == Code::kResourceExhausted && !full &&
                        full.error().code == Code::kResourceExhausted && unasked.written > 0 &&
                        is_empty;
  ::_exit(is_right ? 0 : 1);
}

// Where nobody may mount one, the tests above have shown it on one that only says so.
TEST_F(BlobImportTest, ARealFullDiskIsHandledTheSameWay) {
  fs::create_directories(import_.store_folder);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) fill_a_real_one(import_);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNoMount) {
    RecordProperty("disk", "none, since none may be mounted");
    return;
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(BlobImportTest, AFileThatChangesMeanwhileIsNoModel) {
  import_.progress = [this](std::uint64_t done) {
    if (done < base::kMiB * 2) fs::resize_file(import_.path, base::kMiB);
  };
  const auto failed = import();
  EXPECT_EQ(failed.error().code, Code::kUnavailable);
  EXPECT_THAT(failed.error().message, HasSubstr("changes while it is read"));
  EXPECT_FALSE(has_part());
}

TEST_F(BlobImportTest, WhatIsNotExpectedOrNoModelIsRefused) {
  import_.expected = *BlobDigest::parse(std::string(kDigestDigits, 'b'));
  EXPECT_EQ(import().error().code, Code::kCorrupt);
  import_.expected.reset();
  std::ofstream(import_.path, std::ios::binary) << "words";
  EXPECT_FALSE(import());
  fs::remove(import_.path);
  EXPECT_EQ(import().error().code, Code::kNotFound);
  EXPECT_FALSE(has_part());
}

TEST_F(BlobImportTest, WhatAKilledOneLeavesIsCollected) {
  fs::create_directories(import_.store_folder + "/blobs/partial");
  std::ofstream(import_.store_folder + "/blobs/partial/import-1.part") << "half";
  fs::create_directories(import_.store_folder + "/manifests");
  EXPECT_EQ(collect_blobs(import_.store_folder)->blobs, 1U);
}

}  // namespace
}  // namespace hearth::store
