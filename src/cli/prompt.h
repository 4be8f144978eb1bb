// What a command is to work on: the words of its command line, and what is piped in.
//
// Errors:  text that is not UTF-8, or too long.
// Limits:  kStdinBytesMax.
// Threads: confined to the main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "cli/console.h"

namespace hearth::cli {

inline constexpr std::size_t kStdinBytesMax = 16 * base::kMiB;

// With spaces between them.
std::string joined_words(const std::vector<std::string>& words);
// The words, an empty line, then the piped text without the newlines at its end. Empty when there
// is neither.
std::string joined_prompt(const std::vector<std::string>& words, std::string_view piped);

// The standard input to its end, and nothing when that is a terminal. Says so when it has to wait.
Result<std::string> read_piped(Console& console);

}  // namespace hearth::cli
