#include "store/verify/verify.h"

#include <cerrno>
#include <chrono>
#include <cstdio>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/replacement.h"
#include "store/digest.h"
#include "store/manifest/layout.h"
#include "store/removal.h"
#include "store/verify/files_to_verify.h"

namespace hearth::store {

namespace {

using State = VerifiedFile::State;

constexpr std::chrono::milliseconds kTell{100};

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
    const std::uint64_t before = progress_.done_bytes;
    const auto hex = sha256_of(file, [&](std::uint64_t done_bytes) -> Result<void> {
      if (cancel_.cancelled()) return fail(Code::kCancelled, "the verification was cancelled");
      progress_.done_bytes = before + done_bytes;
      tell();
      return {};
    });
    if (!hex && hex.error().code == Code::kCorrupt) return damaged(each, file, hex.error().message);
    if (!hex) return fail(hex.error());
    if (*hex == each.file.expected.hex()) return {};
    return damaged(each, file, fmt::format("its bytes have the digest sha256:{}", *hex));
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
    if (::rename(each.path.c_str(), (each.path + std::string(kDamagedEnding)).c_str()) == 0) {
      base::sync_folder_of(each.path);
      return {};
    }
    const Error stays = base::errno_error(errno, "it cannot be moved aside", each.path);
    if (stays.code != Code::kPermissionDenied) return fail(stays);
    each.file.problem += "; " + stays.message;  // of a disk that nobody may write
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
  // Where nobody may write, nobody pulls.
  const auto hold = hold_blobs(catalog.folder());
  if (!hold && hold.error().code != Code::kPermissionDenied) return fail(hold.error());
  auto wanted = HEARTH_TRY(files_to_verify(request, catalog));
  auto files = HEARTH_TRY(Verification(request, cancel).run(std::move(wanted.files)));
  return Verified{std::move(files), std::move(wanted.damaged_manifests)};
}

}  // namespace hearth::store
