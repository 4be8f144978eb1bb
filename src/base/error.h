// What went wrong, in a closed set of kinds. Every dialect has one table from Code to its own
// status and shape; nothing else may be inferred from an Error.
//
// A message says what went wrong, with which value, and what to do. It never carries a key, a
// prompt or a stack.
//
// Threads: a value, like std::string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace hearth::base {

// Three classes of failure, never mixed: the client's fault (kInvalidArgument … kPermissionDenied,
// kContextOverflow), the world's fault (the rest), and the programmer's fault, which is an assert
// and not an Error. The numbers travel on the wire: append only.
enum class Code : std::uint8_t {
  kInvalidArgument = 1,
  kNotFound = 2,
  kAlreadyExists = 3,
  kUnauthenticated = 4,
  kPermissionDenied = 5,
  kResourceExhausted = 6,
  kContextOverflow = 7,
  kOutOfMemory = 8,
  kDeadlineExceeded = 9,
  kCancelled = 10,
  kUnavailable = 11,
  kEngineCrashed = 12,
  kCorrupt = 13,
  kUpstream = 14,
  kInternal = 15,
  kUnimplemented = 16,
};

// The name in snake case, as users and logs see it: "context_overflow".
std::string_view code_name(Code code);
// kInternal for a number that is no code.
Code code_from_number(std::uint8_t number);

struct Error {
  Code code = Code::kInternal;
  std::string message;
  // Where it happened, for logs: a path, a model, a field. May be empty.
  std::string context;

  // "context_overflow: the prompt has 5000 tokens …"
  std::string to_string() const;
};

inline Error make_error(Code code, std::string message, std::string context = {}) {
  return Error{code, std::move(message), std::move(context)};
}

}  // namespace hearth::base

namespace hearth {
using base::Code;
using base::Error;
using base::make_error;
}  // namespace hearth
