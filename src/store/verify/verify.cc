#include "store/verify/verify.h"

#include <cerrno>
#include <chrono>
#include <cstdio>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/replacement.h"
#include "store/removal.h"
#include "store/sha256.h"
#include "store/verify/files_to_verify.h"

namespace hearth::store {

namespace {

using State = VerifiedFile::State;

constexpr std::size_t kBlockBytes = base::kMiB;
constexpr std::chrono::milliseconds kTell{100};
constexpr const char* kDamagedEnding = ".damaged";

class Verification {
 public:
  Verification(const VerifyRequest& request, const base::CancelToken& cancel)
      : request_(request), cancel_(cancel) {}

  Result<std::vector<VerifiedFile>> run(std::vector<FileToVerify> files) {
    progress_.files = files.size();
    for (const FileToVerify& each : files)
      progress_.size_bytes += each.file.size_bytes;
    std::vector<VerifiedFile> verified;
    for (FileToVerify& each : files) {
      ++progress_.file;
      progress_.file_name = each.file.file_name;
      const std::uint64_t before = progress_.done_bytes;
      HEARTH_TRY(look(each));
      progress_.done_bytes = before + each.file.size_bytes;
      if (each.file.state == State::kGood) each.file.advice.clear();
      verified.push_back(std::move(each.file));
    }
    return verified;
  }

 private:
  Result<void> look(FileToVerify& each) {
    const Fd file = open(each);
    if (!file) return {};
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) return damaged(each, file, "it cannot be looked at");
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    if (size != each.file.size_bytes) {
      return damaged(each, file,
                     fmt::format("it has {} bytes instead of {}", size, each.file.size_bytes));
    }
    return read(each, file);
  }

  // None when the file's state says why.
  static Fd open(FileToVerify& each) {
    auto file = base::open_for_reading(each.path);
    if (file) return *std::move(file);
    const bool is_gone = file.error().code == Code::kNotFound;
    each.file.state = is_gone ? State::kMissing : State::kUnreadable;
    each.file.problem = is_gone ? "it is gone" : file.error().message;
    return {};
  }

  Result<void> read(FileToVerify& each, const Fd& file) {
    Sha256 hash = HEARTH_TRY(Sha256::begin());
    std::vector<char> block(kBlockBytes);
    off_t at = 0;
    while (true) {
      if (cancel_.cancelled()) return fail(Code::kCancelled, "the verification was cancelled");
      const ssize_t count = ::pread(file.get(), block.data(), block.size(), at);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return damaged(each, file, "the disk cannot read all of it");
      if (count == 0) break;
      hash.add({block.data(), static_cast<std::size_t>(count)});
      at += count;
      progress_.done_bytes += static_cast<std::uint64_t>(count);
      tell();
    }
    const std::string hex = std::move(hash).finish();
    if (hex == each.file.expected.hex()) return {};
    return damaged(each, file, fmt::format("its bytes have the digest sha256:{}", hex));
  }

  // Moved aside, if it still is the one that was read.
  static Result<void> damaged(FileToVerify& each, const Fd& file, std::string problem) {
    each.file.state = State::kDamaged;
    each.file.problem = std::move(problem);
    if (each.holder != Holder::kStore) return {};
    struct stat here{};
    struct stat there{};
    const bool is_same = ::fstat(file.get(), &here) == 0 &&
                         ::stat(each.path.c_str(), &there) == 0 && here.st_ino == there.st_ino;
    if (!is_same) return {};
    if (::rename(each.path.c_str(), (each.path + kDamagedEnding).c_str()) != 0)
      return fail(base::errno_error(errno, "cannot move '" + each.path + "' aside", each.path));
    base::sync_folder_of(each.path);
    return {};
  }

  void tell() {
    const base::TimePoint now = base::system_clock().now();
    if (!request_.progress || now < told_ + kTell) return;
    told_ = now;
    request_.progress(progress_);
  }

  const VerifyRequest& request_;
  const base::CancelToken& cancel_;
  VerifyProgress progress_;
  base::TimePoint told_{};
};

}  // namespace

std::string_view state_word(State state) {
  switch (state) {
    case State::kGood:
      return "good";
    case State::kDamaged:
      return "damaged";
    case State::kMissing:
      return "missing";
    case State::kUnreadable:
      return "unreadable";
  }
  return "damaged";
}

Result<Verified> verify_models(const VerifyRequest& request, const Catalog& catalog,
                               const base::CancelToken& cancel) {
  const auto hold = HEARTH_TRY(hold_blobs(catalog.folder()));
  auto wanted = HEARTH_TRY(files_to_verify(request, catalog));
  auto files = HEARTH_TRY(Verification(request, cancel).run(std::move(wanted.files)));
  return Verified{std::move(files), std::move(wanted.damaged_manifests)};
}

}  // namespace hearth::store
