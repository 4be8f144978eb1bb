// A call of a tool, and how it went.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::tool {

struct Call {
  std::string name;
  std::string arguments;  // the text of a JSON object
  // The same for the same call made again, for tools that can tell: those that ship with Hearth
  // cannot, and their Effect says what a second time does.
  std::string idempotency_key = {};
};

// Hears output while it comes: whole characters of valid UTF-8, not more of them than the tool's
// output_bytes_max. Called on the thread that runs the tool.
using Hearing = std::function<void(std::string_view piece)>;

enum class Status : std::uint8_t {
  kOk,
  kFailed,     // it ran and says that it did not work, or could not be run
  kTimedOut,   // it was ended because its time was over
  kCancelled,  // likewise because nobody wants it any more
  kRefused,    // it was not run at all: by its arguments, or because it may not
};
// "ok", "failed", "timed_out", "cancelled", "refused".
std::string_view status_name(Status status);

struct Outcome {
  Status status = Status::kOk;
  std::string output;  // valid UTF-8; head and tail, with a line between, when it was long
  std::optional<int> exit_code;  // of a program that ended by itself
  std::string error;             // empty when it is ok
  // The same call again does no harm and may do better.
  bool retryable = false;

  bool is_ok() const { return status == Status::kOk; }
};

Outcome refused(std::string why);
Outcome failed(std::string why);

// The Outcome as JSON: {"status","output","exit_code","error","retryable"}.
std::string outcome_json(const Outcome& outcome);

}  // namespace hearth::tool
