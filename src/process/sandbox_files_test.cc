// Escapes through the file system.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "process/landlock_linux.h"
#include "process/testing/attempt.h"

namespace hearth::process {
namespace {

using testing::errno_of;
using testing::expect_refused;
using testing::expect_works;
using testing::inside;
using testing::open_and_close;
using testing::outside;

class SandboxFiles : public testing::SandboxTest {
 protected:
  SandboxFiles() {
    if (landlock_abi() == 0) skip_ = true;
  }
  void SetUp() override {
    if (skip_) GTEST_SKIP() << "this kernel has no Landlock";
  }
  bool skip_ = false;
};
HEARTH_BOTH_PROFILES(SandboxFiles);

TEST_P(SandboxFiles, WhatMayBeReadIsReadable) {
  expect_works(policy_, "read a file in a read folder", [&] {
    char text[8] = {};
    const int fd = ::open((root_ + "/read/open.txt").c_str(), O_RDONLY);
    if (fd < 0) return errno;
    return ::read(fd, text, sizeof text) == 4 ? 0 : EIO;
  });
}

TEST_P(SandboxFiles, OneFileMayBeReadWithoutItsFolder) {
  policy_.read_paths = {root_ + "/secret/key.txt"};
  expect_works(policy_, "read the file",
               [&] { return open_and_close(root_ + "/secret/key.txt", O_RDONLY); });
  expect_refused(policy_, "list its folder",
                 [&] { return open_and_close(root_ + "/secret", O_RDONLY | O_DIRECTORY); });
}

TEST_P(SandboxFiles, FilesCanBeMadeMovedAndRemovedInAWriteFolder) {
  expect_works(policy_, "live in a write folder", [&] {
    const std::string folder = root_ + "/write/new";
    const std::string first = folder + "/first";
    const std::string second = root_ + "/write/second";
    if (::mkdir(folder.c_str(), 0700) != 0) return errno;
    if (const int error = open_and_close(first, O_RDWR | O_CREAT)) return error;
    if (::rename(first.c_str(), second.c_str()) != 0) return errno;
    if (const int error = open_and_close(second, O_WRONLY | O_TRUNC)) return error;
    if (::unlink(second.c_str()) != 0) return errno;
    return errno_of(::rmdir(folder.c_str()));
  });
}

TEST_P(SandboxFiles, AnotherFileIsRefused) {
  expect_refused(policy_, "read a file outside",
                 [&] { return open_and_close(root_ + "/secret/key.txt", O_RDONLY); });
  expect_refused(policy_, "read /etc/passwd",
                 [] { return open_and_close("/etc/passwd", O_RDONLY); });
  expect_refused(policy_, "list the root", [] { return open_and_close("/", O_RDONLY); });
  expect_refused(policy_, "read about oneself in /proc",
                 [] { return open_and_close("/proc/self/maps", O_RDONLY); });
}

TEST_P(SandboxFiles, ASymlinkOrDotsDoNotLeadOut) {
  std::filesystem::create_symlink(root_ + "/secret/key.txt", root_ + "/read/link");
  expect_refused(policy_, "read by a symlink",
                 [&] { return open_and_close(root_ + "/read/link", O_RDONLY); });
  expect_refused(policy_, "read by dots",
                 [&] { return open_and_close(root_ + "/read/../secret/key.txt", O_RDONLY); });
  expect_refused(policy_, "read relative to an open folder outside", [&, root = root_] {
    // It may be looked at as a place, but nothing in it can be opened.
    const int folder = ::open(root.c_str(), O_PATH | O_DIRECTORY);
    const int fd = ::openat(folder, "secret/key.txt", O_RDONLY);
    return fd < 0 ? errno : 0;
  });
}

TEST_P(SandboxFiles, ASymlinkMadeInsideDoesNotLeadOutEither) {
  // A runner may make none at all; a tool may, and it leads nowhere.
  const bool may_link = GetParam() == SandboxPolicy::Exec::kAllowed;
  int round = 0;
  expect_refused(policy_, "read by an own symlink", [&] {
    const std::string link =
        root_ + "/write/link" + std::to_string(round++) + std::to_string(::getpid());
    if (::symlink((root_ + "/secret/key.txt").c_str(), link.c_str()) != 0) {
      return may_link ? EIO : errno;
    }
    return open_and_close(link, O_RDONLY);
  });
}

TEST_P(SandboxFiles, WritingOutsideIsRefused) {
  expect_refused(policy_, "create a file in a read folder",
                 [&] { return open_and_close(root_ + "/read/new.txt", O_WRONLY | O_CREAT); });
  expect_refused(policy_, "create a file outside",
                 [&] { return open_and_close(root_ + "/secret/new.txt", O_WRONLY | O_CREAT); });
  expect_refused(policy_, "write a read-only file",
                 [&] { return open_and_close(root_ + "/read/open.txt", O_WRONLY); });
  expect_refused(policy_, "append to a file outside",
                 [&] { return open_and_close(root_ + "/secret/key.txt", O_WRONLY | O_APPEND); });
  expect_refused(policy_, "make a folder outside", [&] {
    const std::string folder = root_ + "/read/folder";
    const int error = errno_of(::mkdir(folder.c_str(), 0700));
    ::rmdir(folder.c_str());
    return error;
  });
}

TEST_P(SandboxFiles, RemovingAndMovingOutsideIsRefused) {
  const std::string key = root_ + "/secret/key.txt";
  const std::string moved = root_ + "/write/key.txt";
  const testing::Attempt move_there_and_back = [&] {
    if (::rename(key.c_str(), moved.c_str()) != 0) return errno == EXDEV ? EACCES : errno;
    return errno_of(::rename(moved.c_str(), key.c_str()));
  };
  expect_refused(policy_, "move a file from outside", move_there_and_back);
  expect_refused(policy_, "link a file from outside", [&] {
    if (::link(key.c_str(), moved.c_str()) != 0) return errno == EXDEV ? EACCES : errno;
    return errno_of(::unlink(moved.c_str()));
  });
  const std::string doomed = root_ + "/secret/doomed";
  const auto remove = [&] { return errno_of(::unlink(doomed.c_str())); };
  std::ofstream(doomed) << "x";
  EXPECT_TRUE(testing::is_refusal(inside(policy_, remove)));
  EXPECT_EQ(outside(remove), testing::kWorks);
}

TEST_P(SandboxFiles, AReadOnlyFileCannotBeTruncated) {
  const std::string path = root_ + "/read/open.txt";
  const auto by_name = [&] { return errno_of(::truncate(path.c_str(), 0)); };
  const auto by_opening = [&] { return open_and_close(path, O_RDONLY | O_TRUNC); };
  const auto without_mode = [&] { return open_and_close(path, O_ACCMODE | O_TRUNC); };
  for (const auto& attempt :
       {testing::Attempt(by_name), testing::Attempt(by_opening), testing::Attempt(without_mode)}) {
    EXPECT_TRUE(testing::is_refusal(inside(policy_, attempt)));
    EXPECT_EQ(std::filesystem::file_size(path), 4U);
    EXPECT_EQ(outside(attempt), testing::kWorks);
    EXPECT_EQ(std::filesystem::file_size(path), 0U) << "outside it truncates";
    std::ofstream(path) << "open";
  }
}

TEST_P(SandboxFiles, ModesOwnersAndAttributesStay) {
  const std::string path = root_ + "/read/open.txt";
  expect_refused(policy_, "chmod", [&] { return errno_of(::chmod(path.c_str(), 0644)); });
  expect_refused(policy_, "chown",
                 [&] { return errno_of(::chown(path.c_str(), ::getuid(), ::getgid())); });
  expect_refused(policy_, "fchmod of a file open for reading",
                 [&] { return errno_of(::fchmod(::open(path.c_str(), O_RDONLY), 0644)); });
  const auto label = [&] { return errno_of(::setxattr(path.c_str(), "user.x", "y", 1, 0)); };
  EXPECT_TRUE(testing::is_refusal(inside(policy_, label)));
}

TEST_P(SandboxFiles, ADescriptorCannotBeReopenedWithMoreRights) {
  const Fd file(::open((root_ + "/secret/key.txt").c_str(), O_RDONLY | O_CLOEXEC));
  const std::string link = "/proc/self/fd/" + std::to_string(file.get());
  expect_refused(policy_, "reopen for writing", [&] { return open_and_close(link, O_RDWR); });
  expect_works(policy_, "read on from an open descriptor", [&] {
    char byte = 0;
    return ::pread(file.get(), &byte, 1, 0) == 1 ? 0 : EIO;
  });
}

TEST_P(SandboxFiles, DevicesAreNotMade) {
  const std::string pipe = root_ + "/write/fifo";
  expect_refused(policy_, "make a FIFO", [&] {
    const int error = errno_of(::mkfifo(pipe.c_str(), 0600));
    ::unlink(pipe.c_str());
    return error;
  });
}

TEST_P(SandboxFiles, AFileGrowsOnlyToItsLimit) {
  policy_.file_bytes_max = 4096;
  const auto write_too_much = [&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const std::string path = root_ + "/write/big";
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    return errno_of(::pwrite(fd, "x", 1, 5000));
  };
  EXPECT_EQ(outside(write_too_much), testing::kWorks);
  EXPECT_EQ(inside(policy_, write_too_much), (ExitStatus{EFBIG, 0}));
}

TEST_P(SandboxFiles, SoManyFilesAreOpenAndNoMore) {
  policy_.open_files_max = 32;
  const auto open_many = [] {
    for (int i = 0; i < 64; ++i) {
      if (::dup(STDERR_FILENO) < 0) return errno;
    }
    return 0;
  };
  EXPECT_EQ(outside(open_many), testing::kWorks);
  EXPECT_EQ(inside(policy_, open_many), (ExitStatus{EMFILE, 0}));
}

}  // namespace
}  // namespace hearth::process
