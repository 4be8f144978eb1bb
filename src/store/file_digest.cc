#include "store/file_digest.h"

#include <cerrno>
#include <vector>

#include <unistd.h>

#include "base/units.h"
#include "store/sha256.h"

namespace hearth::store {

namespace {

constexpr std::size_t kBlockBytes = base::kMiB;

}  // namespace

Result<std::string> file_digest(const Fd& file, const DigestListener& listener) {
  Sha256 hash = HEARTH_TRY(Sha256::begin());
  std::vector<char> block(kBlockBytes);
  std::uint64_t at = 0;
  while (true) {
    HEARTH_TRY(listener(at));
    const ssize_t count = ::pread(file.get(), block.data(), block.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(Code::kCorrupt, "the disk cannot read all of it");
    if (count == 0) return std::move(hash).finish();
    hash.add({block.data(), static_cast<std::size_t>(count)});
    at += static_cast<std::uint64_t>(count);
  }
}

}  // namespace hearth::store
