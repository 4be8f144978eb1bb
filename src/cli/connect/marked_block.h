// Lines of ours in somebody else's file, between two marks by which they are found again. The
// files are those whose comments begin with '#'.
//
// Threads: pure.
// Errors:  kInvalidArgument when one of the marks is there without the other.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::cli {

// Some editors begin a file with it.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct MarkedBlock {
  std::string name;         // tells the blocks of a file apart
  std::string lines;        // each with its newline
  std::string indent = {};  // of the marks
};

// The block as it stands in the file.
std::string block_text(const MarkedBlock& block);

// Without the block of that name, if there is one.
Result<std::string> without_block(std::string text, std::string_view name);

// The text with a newline at its end, where it has any line.
std::string ended(std::string text);

// The line as a comment that says who made it one.
std::string put_aside(std::string_view line);

}  // namespace hearth::cli
