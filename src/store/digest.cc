#include "store/digest.h"

#include <cerrno>
#include <vector>

#include <unistd.h>

#include "store/sha256.h"

namespace hearth::store {

namespace {

constexpr std::size_t kBlockBytes = 1024 * 1024;

}  // namespace

Result<std::string> sha256_of(const Fd& file) {
  Sha256 hash = HEARTH_TRY(Sha256::begin());
  std::vector<char> block(kBlockBytes);
  off_t at = 0;
  while (true) {
    const ssize_t size = ::pread(file.get(), block.data(), block.size(), at);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail(base::errno_error(errno, "cannot read the model file", ""));
    if (size == 0) break;
    hash.add({block.data(), static_cast<std::size_t>(size)});
    at += size;
  }
  return std::move(hash).finish();
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
