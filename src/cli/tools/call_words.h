// The arguments of a tool as they stand on a command line: one JSON object, or key=value words.
//
// Threads: pure.
// Errors:  kInvalidArgument says how they are written.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace hearth::cli {

// The text of a JSON object. A value is the text behind the first =; key:=value has JSON behind it.
Result<std::string> arguments_of_words(const std::vector<std::string>& words);

}  // namespace hearth::cli
