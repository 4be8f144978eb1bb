#include "store/pull/blob_fetch.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/digest.h"
#include "store/folder.h"
#include "store/manifest/layout.h"
#include "store/pull/download_session.h"
#include "store/pull/part_journal.h"
#include "store/pull/part_lock.h"

namespace hearth::store {

namespace {

constexpr std::chrono::milliseconds kLockPoll{50};

Result<void> check_request(const BlobRequest& request) {
  if (request.file.url.empty())
    return fail(Code::kInvalidArgument, "nobody says where the file can be fetched");
  if (request.file.size_bytes <= kFileBytesMax) return {};
  return fail(Code::kUpstream, fmt::format("a file of {} bytes is offered, and at most {} are "
                                           "possible",
                                           request.file.size_bytes, kFileBytesMax));
}

std::optional<Blob> find_blob(const BlobRequest& request) {
  const OfferedFile& file = request.file;
  if (!file.digest) return std::nullopt;
  struct stat facts{};
  const std::string path = request.store_folder + "/" + blob_path(*file.digest);
  if (::stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (file.size_bytes != 0 && file.size_bytes != size) return std::nullopt;
  return Blob{*file.digest, size};
}

// Whether what is there already still is what was promised. Otherwise it is moved aside, so that
// nobody loads it.
Result<bool> is_good(const BlobRequest& request, const Blob& blob,
                     const base::CancelToken& cancel) {
  const std::string path = request.store_folder + "/" + blob_path(blob.digest);
  const Fd file = HEARTH_TRY(base::open_for_reading(path));
  BlobProgress progress;
  progress.step = BlobProgress::Step::kChecking;
  progress.size_bytes = blob.size_bytes;
  const auto hex = sha256_of(file, [&](std::uint64_t done_bytes) -> Result<void> {
    if (cancel.cancelled()) return fail(Code::kCancelled, "the download was cancelled");
    progress.done_bytes = done_bytes;
    if (request.progress) request.progress(progress);
    return {};
  });
  if (!hex && hex.error().code != Code::kCorrupt) return fail(hex.error());
  if (hex && *hex == blob.digest.hex()) return true;
  const std::string aside = path + std::string(kDamagedEnding);
  if (::rename(path.c_str(), aside.c_str()) != 0)
    return fail(base::errno_error(errno, "cannot move the damaged '" + path + "' aside", path));
  return false;
}

Result<PartLock> take_lock(const BlobRequest& request, const PartPaths& paths,
                           const base::CancelToken& cancel) {
  while (true) {
    auto lock = HEARTH_TRY(PartLock::try_take(paths.lock));
    if (lock) return *std::move(lock);
    if (cancel.cancelled()) return fail(Code::kCancelled, "the download was cancelled");
    if (request.progress) {
      BlobProgress progress;
      progress.step = BlobProgress::Step::kWaiting;
      progress.size_bytes = request.file.size_bytes;
      request.progress(progress);
    }
    std::this_thread::sleep_for(kLockPoll);
  }
}

// The part becomes the blob. Nobody finds it under its name before it is on the disk.
Result<Blob> seal(DownloadSession& session, const DownloadSession::Outcome& outcome,
                  const BlobRequest& request, Disk& disk, const PartPaths& paths) {
  const BlobDigest digest = HEARTH_TRY(BlobDigest::parse(outcome.sha256));
  if (request.file.digest && digest != *request.file.digest) {
    session.remove();
    return fail(Code::kCorrupt,
                fmt::format("what was downloaded has the digest {}, and {} was promised: it was "
                            "damaged on the way or replaced at its source; it is removed, pull "
                            "again, from another mirror if this happens twice",
                            digest.text(), request.file.digest->text()),
                paths.part);
  }
  HEARTH_TRY(session.part().sync());
  const std::string path = request.store_folder + "/" + blob_path(digest);
  if (::rename(paths.part.c_str(), path.c_str()) != 0)
    return fail(base::errno_error(errno, "cannot create '" + path + "'", path));
  disk.sync_name(path);
  disk.sync_name(paths.part);
  remove_journal(paths.journal);
  return Blob{digest, outcome.size_bytes};
}

// When the server's file changes on the way, once more from the beginning; then only the digest
// can still say what is right, since some mirrors have as many ETags as machines.
Result<Blob> fetch(const BlobRequest& request, const FetchMeans& means, const PartPaths& paths,
                   const base::CancelToken& cancel) {
  using Validators = DownloadSession::Validators;
  const Validators second = request.file.digest ? Validators::kIgnored : Validators::kHeld;
  for (const Validators validators : {Validators::kHeld, second}) {
    DownloadSession session(request, means, paths);
    const auto outcome = HEARTH_TRY(session.run(validators, cancel));
    if (outcome.state == Transfer::State::kArrived)
      return seal(session, outcome, request, means.disk, paths);
    session.remove();
  }
  return fail(Code::kUnavailable,
              "the server's file changes while it is downloaded; try again later");
}

}  // namespace

Result<Blob> fetch_blob(const BlobRequest& request, const FetchMeans& means,
                        const base::CancelToken& cancel) {
  HEARTH_TRY(check_request(request));
  const PartPaths paths = part_paths(request.store_folder, HEARTH_TRY(partial_key(request.file)));
  HEARTH_TRY(ensure_folder(paths.folder));
  const PartLock lock = HEARTH_TRY(take_lock(request, paths, cancel));
  const auto blob = find_blob(request);
  if (!blob || !HEARTH_TRY(is_good(request, *blob, cancel)))
    return fetch(request, means, paths, cancel);
  remove_journal(paths.journal);  // its holder may have been killed just before
  return *blob;
}

Result<Blob> download_blob(const BlobRequest& request, net::Web& web,
                           const base::CancelToken& cancel) {
  return fetch_blob(request, {web, system_disk(), {}}, cancel);
}

}  // namespace hearth::store
