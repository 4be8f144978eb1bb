// Somebody else's file, changed so that nothing can be lost: what was there is kept beside it, and
// the new content takes its name when it is whole. A link stays one: what it points to is changed.
//
// Threads: pure system calls.
// Errors:  say which file, and that it is left alone.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace hearth::cli {

struct Change {
  bool changed = false;
  std::string backup;  // empty where there was no file
};

using Merge = std::function<Result<std::string>(std::string before)>;

// Makes the folders that are missing.
Result<Change> change_file(const std::string& path, const Merge& merge);

}  // namespace hearth::cli
