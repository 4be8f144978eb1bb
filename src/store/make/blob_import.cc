#include "store/make/blob_import.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ids.h"
#include "gguf/file.h"
#include "store/folder.h"
#include "store/manifest/layout.h"
#include "store/name/name_rules.h"
#include "store/pull/part_paths.h"
#include "store/sha256.h"

namespace hearth::store {

namespace {

constexpr std::size_t kBlockBytes = base::kMiB;
constexpr std::uint64_t kSyncBytes = 64 * base::kMiB;

// Removed unless it has become the blob.
struct Part {
  std::unique_ptr<PartFile> file;
  bool is_sealed = false;

  ~Part() {
    if (file && !is_sealed) ::unlink(file->path().c_str());
  }
};

struct FileState {
  std::uint64_t size_bytes = 0;
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;

  bool operator==(const FileState&) const = default;
};

Result<FileState> state_of(const Fd& file, const std::string& path) {
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0)
    return fail(base::errno_error(errno, "cannot look at '" + path + "'", path));
  if (!S_ISREG(facts.st_mode) || facts.st_size == 0) {
    return fail(Code::kInvalidArgument, in_quotes(path) + " is no plain file with something in it",
                path);
  }
  return FileState{static_cast<std::uint64_t>(facts.st_size), facts.st_mtim.tv_sec,
                   facts.st_mtim.tv_nsec};
}

Failure changed(const std::string& path) {
  return fail(Code::kUnavailable,
              in_quotes(path) + " changes while it is read; import it when nobody writes it", path);
}

class Import {
 public:
  Import(const BlobImport& import, Disk& disk, const base::CancelToken& cancel)
      : import_(import), disk_(disk), cancel_(cancel) {}

  Result<Blob> run() {
    const Fd source = HEARTH_TRY(base::open_for_reading(import_.path));
    const FileState before = HEARTH_TRY(state_of(source, import_.path));
    HEARTH_TRY(open_part());
    is_cloned_ = disk_.clone(part_.file->file().get(), source.get()) == 0;
    if (!is_cloned_) HEARTH_TRY(part_.file->prepare(before.size_bytes));
    const Fd& from = is_cloned_ ? part_.file->file() : source;
    const std::string hex = HEARTH_TRY(take(from, before.size_bytes));
    const FileState after = HEARTH_TRY(state_of(source, import_.path));
    const std::uint64_t size_bytes = HEARTH_TRY(part_.file->size_bytes());
    if (!(before == after) || size_bytes != before.size_bytes) return changed(import_.path);
    const BlobDigest digest = HEARTH_TRY(BlobDigest::parse(hex));
    HEARTH_TRY(check(digest));
    return seal({digest, before.size_bytes});
  }

 private:
  Result<void> open_part() {
    const std::string folder = import_.store_folder + "/" + std::string(kPartialFolder);
    HEARTH_TRY(ensure_folder(folder));
    const std::string path = folder + "/" + base::make_id("import") + ".part";
    part_.file = HEARTH_TRY(PartFile::open(path, disk_, import_.room));
    return {};
  }

  // The digest of all bytes, which are written too where they are not there yet.
  Result<std::string> take(const Fd& from, std::uint64_t size_bytes) {
    Sha256 hash = HEARTH_TRY(Sha256::begin());
    std::vector<char> block(kBlockBytes);
    std::uint64_t at = 0;
    while (at < size_bytes) {
      if (cancel_.cancelled()) return fail(Code::kCancelled, "the import was cancelled");
      const std::size_t wanted = std::min<std::uint64_t>(block.size(), size_bytes - at);
      const ssize_t count = ::pread(from.get(), block.data(), wanted, static_cast<off_t>(at));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0)
        return fail(base::errno_error(errno, "cannot read '" + import_.path + "'", import_.path));
      if (count == 0) return changed(import_.path);
      const std::string_view bytes(block.data(), static_cast<std::size_t>(count));
      hash.add(bytes);
      if (!is_cloned_) HEARTH_TRY(part_.file->write(at, bytes));
      at += bytes.size();
      if (!is_cloned_ && at % kSyncBytes < bytes.size()) disk_.begin_sync(part_.file->file().get());
      if (import_.progress) import_.progress(at);
    }
    return std::move(hash).finish();
  }

  // Of the copy, which nobody else changes.
  Result<void> check(const BlobDigest& digest) const {
    if (import_.expected && *import_.expected != digest) {
      return fail(Code::kCorrupt,
                  fmt::format("{} is not what it has to be: its digest is {} instead of {}",
                              in_quotes(import_.path), digest.text(), import_.expected->text()),
                  import_.path);
    }
    HEARTH_TRY(gguf::File::load(part_.file->file().get(), import_.path));
    return {};
  }

  // Nobody finds it under its name before it is on the disk.
  Result<Blob> seal(Blob blob) {
    const std::string path = import_.store_folder + "/" + blob_path(blob.digest);
    // One that is there already may be damaged; this one is known to be right.
    HEARTH_TRY(part_.file->sync());
    if (::rename(part_.file->path().c_str(), path.c_str()) != 0)
      return fail(base::errno_error(errno, "cannot create '" + path + "'", path));
    part_.is_sealed = true;
    disk_.sync_name(path);
    disk_.sync_name(part_.file->path());
    return blob;
  }

  const BlobImport& import_;
  Disk& disk_;
  const base::CancelToken& cancel_;
  Part part_;
  bool is_cloned_ = false;
};

}  // namespace

Result<Blob> import_blob(const BlobImport& import, Disk& disk, const base::CancelToken& cancel) {
  return Import(import, disk, cancel).run();
}

}  // namespace hearth::store
