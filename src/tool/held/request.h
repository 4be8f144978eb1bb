// What is said to the process that holds a tool, and what it answers: JSON, one object each way.
// The request comes from us and is believed; the answer comes from a process in which a stranger's
// bytes may have done anything, and is read as such.
//
// Threads: pure.
// Errors:  kInvalidArgument for what is no request, or no answer.
// Limits:  kRequestBytesMax, kAnswerBytesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace hearth::tool::held {

inline constexpr std::size_t kRequestBytesMax = 4 * base::kMiB;
inline constexpr std::size_t kAnswerBytesMax = 16 * base::kKiB;
inline constexpr std::size_t kWordsBytesMax = 4 * base::kKiB;  // of an error in an answer

// Of the processes of one call.
struct Limits {
  std::uint64_t memory_bytes = 2 * base::kGiB;  // of each, and of all together
  std::uint64_t file_bytes = 256 * base::kMiB;  // of each file that is written
  std::uint32_t processes = 64;                 // and threads, at a time
  std::uint32_t cpu_seconds = 120;              // of each
};

struct Request {
  std::string tool;
  std::string arguments;  // JSON
  std::string workspace;  // absolute
  std::string scratch;    // absolute; what commands have as their home
  Limits limits;
};
std::string request_text(const Request& request);
Result<Request> parse_request(std::string_view text);

// At most one of the three is there; with none of them it went well.
struct Answer {
  std::optional<int> exit_code;  // of a command; 0 to 255
  std::optional<int> signal;     // what ended it
  std::string error;             // why it did not work
};
std::string answer_text(const Answer& answer);
Result<Answer> parse_answer(std::string_view text);

}  // namespace hearth::tool::held
