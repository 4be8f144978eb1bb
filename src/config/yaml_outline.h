// What stands at the root of somebody else's YAML file, with the lines that it takes: as much as it
// takes to add lines to it safely. Values are not kept.
//
// Threads: pure.
// Errors:  kInvalidArgument with the line: no YAML, no block mapping at its root, or too deep.
// Limits:  below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::config {

inline constexpr std::size_t kOutlineBytesMax = std::size_t{1} << 20;

struct YamlRootEntry {
  enum class Kind : std::uint8_t { kNothing, kScalar, kList, kOther };
  std::string key;
  Kind kind = Kind::kNothing;
  std::size_t line = 0;         // of its key, from 0
  bool is_block = false;        // of a list: its elements have lines of their own
  std::size_t list_line = 0;    // of the first '-' of such a list
  std::size_t list_column = 0;  // likewise
};

// In the order of the text; an empty text has none.
Result<std::vector<YamlRootEntry>> yaml_outline(std::string_view text);

}  // namespace hearth::config
