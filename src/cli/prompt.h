// The prompt that the words of a command line and what was piped in make together.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hearth::cli {

// The words with spaces between them, an empty line, then the piped text without the newlines at
// its end. Empty when there is neither.
std::string joined_prompt(const std::vector<std::string>& words, std::string_view piped);

}  // namespace hearth::cli
