// What a model that is made here may be called, so that it is a file's name too: letters, digits,
// and . _ - behind the first.
//
// Errors:  kInvalidArgument with what a name is.
// Threads: pure.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace hearth::cli {

inline constexpr std::size_t kNewNameBytesMax = 64;

Result<void> check_new_name(const std::string& name);

}  // namespace hearth::cli
