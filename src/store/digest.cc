#include "store/digest.h"

#include <cerrno>
#include <vector>

#include <unistd.h>

#include "store/sha256.h"

namespace hearth::store {

namespace {

constexpr std::size_t kBlockBytes = 1024 * 1024;

}  // namespace

Result<std::string> sha256_of(const Fd& file, const DigestListener& listener) {
  Sha256 hash = HEARTH_TRY(Sha256::begin());
  std::vector<char> block(kBlockBytes);
  std::uint64_t at = 0;
  while (true) {
    if (listener) HEARTH_TRY(listener(at));
    const ssize_t size = ::pread(file.get(), block.data(), block.size(), static_cast<off_t>(at));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail(Code::kCorrupt, "the disk cannot read all of it");
    if (size == 0) return std::move(hash).finish();
    hash.add({block.data(), static_cast<std::size_t>(size)});
    at += static_cast<std::uint64_t>(size);
  }
}

Result<BlobDigest> digest_of_text(std::string_view text) {
  Sha256 hash = HEARTH_TRY(Sha256::begin());
  hash.add(text);
  return BlobDigest::parse(std::move(hash).finish());
}

Result<void> check_digest(const ModelFile& model, const Fd& file) {
  if (model.sha256.empty()) return {};
  const std::string found = HEARTH_TRY(sha256_of(file));
  if (found == model.sha256) return {};
  return fail(Code::kCorrupt,
              "the file of the built-in model '" + model.name +
                  "' is damaged or was replaced; install Hearth again, or use another model",
              model.path);
}

}  // namespace hearth::store
