// The lines of a file of data, some thousand at a time, with their numbers for whoever has to say
// which one is wrong. Empty lines are passed over.
//
// Threads: thread-compatible.
// Errors:  kResourceExhausted for a line that is too long. A file that is not there has no lines.
// Limits:  kLineBytesMax.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace hearth::train {

inline constexpr std::size_t kLineBytesMax = 16 * base::kMiB;

struct DataLine {
  std::string text;
  std::uint64_t number = 0;  // from 1
};

class DataFile {
 public:
  explicit DataFile(const std::string& path) : path_(path), file_(path, std::ios::binary) {}

  // None at the end.
  Result<std::vector<DataLine>> next();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::ifstream file_;
  std::uint64_t number_ = 0;
};

}  // namespace hearth::train
