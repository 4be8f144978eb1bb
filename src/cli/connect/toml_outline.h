// What a TOML file sets before its first table, line by line, and which tables it has: as much as
// it takes to add lines to it safely. It reads no values.
//
// Threads: pure.
// Errors:  kInvalidArgument with the line, for a text that is certainly no TOML.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::cli {

// A key, and the lines, counted from 0, that it and its value take.
struct OutlineEntry {
  std::string key;
  std::size_t first_line = 0;
  std::size_t last_line = 0;
};

struct TomlOutline {
  std::vector<OutlineEntry> root;
  std::vector<std::string> tables;  // "model_providers.hearth", without spaces and quotes
  std::vector<std::string> inner;   // keys in tables, behind the names of these
};

Result<TomlOutline> toml_outline(std::string_view text);

}  // namespace hearth::cli
