// The language of Modelfiles: a text as its commands, each with its value without the quotes. What
// the commands mean is modelfile.h's matter.
//
// A command is a word in any case of letters, and its value the rest of the line. A value in " or
// in """ goes on to the end of the first line that ends with the same quote; there are no escapes.
// A line whose first character is # is a comment.
//
// Threads: pure.
// Errors:  kInvalidArgument with the line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::store {

enum class Command : std::uint8_t {
  kFrom,
  kParameter,
  kTemplate,
  kSystem,
  kAdapter,
  kLicence,
  kMessage,
  kUnused  // Ollama's, for which Hearth has no use
};

struct ModelfileCommand {
  Command command = Command::kFrom;
  std::string word;      // as it was written
  std::string argument;  // a parameter's name, a message's role
  std::string value;
  std::size_t line = 1;  // where it begins
};

Result<std::vector<ModelfileCommand>> read_commands(std::string_view text);

// The value in the quotes that it needs, if any. kInvalidArgument where none would do.
Result<std::string> quoted_value(std::string_view value);

// An error about a line.
Failure wrong_line(std::size_t line, std::string_view what);

}  // namespace hearth::store
