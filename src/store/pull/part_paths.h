// Where a blob that is not there yet is being made, docs/formats/partial-download.md.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/source/offer.h"

namespace hearth::store {

inline constexpr std::string_view kPartialFolder = "blobs/partial";

struct PartPaths {
  std::string folder;
  std::string part;
  std::string journal;
  std::string lock;
};

// The same for everything that wants the same file.
Result<std::string> partial_key(const OfferedFile& file);
PartPaths part_paths(const std::string& store_folder, const std::string& key);

}  // namespace hearth::store
