#include "store/pull/part_paths.h"

#include <fmt/format.h>

#include "store/sha256.h"

namespace hearth::store {

Result<std::string> partial_key(const OfferedFile& file) {
  if (file.digest) return file.digest->hex();
  Sha256 hash = HEARTH_TRY(Sha256::begin());
  hash.add(fmt::format("{}\n{}", file.size_bytes, file.url));
  return "url-" + std::move(hash).finish();
}

PartPaths part_paths(const std::string& store_folder, const std::string& key) {
  const std::string folder = fmt::format("{}/{}", store_folder, kPartialFolder);
  const std::string stem = folder + "/" + key;
  return {folder, stem + ".part", stem + ".journal", stem + ".lock"};
}

}  // namespace hearth::store
