// Puts a file where people find it: there it is whole or not at all, also when that is another
// disk.
//
// Errors:  those of the system, with the path.
// Threads: pure system calls.
#pragma once

#include <string>

#include "base/result.h"

namespace hearth::cli {

// What stands at `target` is replaced; `made` is gone afterwards.
Result<void> put_in_place(const std::string& made, const std::string& target);

}  // namespace hearth::cli
