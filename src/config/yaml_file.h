// A configuration file as a flat list of dotted keys and plain values, each with its line. YAML,
// so JSON too. It knows no setting; and it takes only what settings need: mappings of plain
// values. Lists, anchors and aliases are refused, which is also what keeps the work linear.
//
// Threads: pure.
// Errors:  kInvalidArgument with FILE:LINE and what to change.
// Limits:  below.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::config {

inline constexpr std::size_t kFileBytesMax = 64 * 1024;
inline constexpr std::size_t kFileDepthMax = 8;

struct FileEntry {
  std::string key;  // "server.port"
  std::string value;
  int line = 0;  // from 1
};

// `file` is only for messages.
Result<std::vector<FileEntry>> parse_yaml(std::string_view text, const std::string& file);

}  // namespace hearth::config
