// What a line at the chat prompt asks for: a message, or one of the slash commands.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::cli {

struct SlashCommand {
  enum class Kind : std::uint8_t {
    kNone,  // a message
    kHelp,
    kClear,
    kSystem,
    kModel,
    kThink,
    kStats,
    kExit,
    kUnknown,
  };
  Kind kind = Kind::kNone;
  std::string argument;  // for kUnknown the name that was probably meant
};

// A line that starts with a slash is a command; a second slash makes it a message again.
SlashCommand parse_slash_command(std::string_view line);
std::string_view slash_help();

}  // namespace hearth::cli
