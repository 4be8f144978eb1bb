// Models that are divided into several files: "x-00001-of-00003.gguf".
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::store {

inline constexpr std::uint32_t kSplitPartsMax = 1024;

struct SplitPart {
  std::uint32_t number = 1;  // from 1
  std::uint32_t count = 1;

  bool operator==(const SplitPart&) const = default;
};

struct SplitFile {
  std::string stem;  // the path without part and ending: the same for all parts
  SplitPart part;
};

// Nothing for a file that is whole, or whose numbers make no sense.
std::optional<SplitFile> split_file(std::string_view path);

}  // namespace hearth::store
