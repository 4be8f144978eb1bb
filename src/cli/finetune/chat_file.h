// A file of conversations before anything is learned from it: that it is there, that its first
// lines are conversations, and what it holds, so that another file is told from it. The trainer
// reads all lines closely; this is to say within a second what is wrong.
//
// Errors:  kNotFound; kInvalidArgument with the file, the line, what is wrong, and a line that is
//          right.
// Limits:  kLinesChecked, kChatBytesMax.
// Threads: pure, but for reading the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace hearth::cli::finetune {

inline constexpr std::size_t kLinesChecked = 1000;
inline constexpr std::size_t kChatBytesMax = 16 * base::kMiB;

// A line that is right, for messages.
inline constexpr std::string_view kExampleLine =
    R"({"messages":[{"role":"user","content":"Where do we meet?"},)"
    R"({"role":"assistant","content":"In the garden."}]})";

struct ChatFile {
  std::string path;  // absolute
  std::uint64_t bytes = 0;
  std::uint64_t chats = 0;   // lines that are not empty
  std::uint64_t digest = 0;  // of everything in it
};

Result<ChatFile> look_at_chats(const std::string& path);

enum class Answers : std::uint8_t { kNone, kSome };
// Whether the conversation on this line has an answer to learn, or what is wrong with it.
Result<Answers> check_chat(std::string_view line);

}  // namespace hearth::cli::finetune
