#include "base/error.h"

namespace hearth::base {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return "invalid_argument";
    case Code::kNotFound:
      return "not_found";
    case Code::kAlreadyExists:
      return "already_exists";
    case Code::kUnauthenticated:
      return "unauthenticated";
    case Code::kPermissionDenied:
      return "permission_denied";
    case Code::kResourceExhausted:
      return "resource_exhausted";
    case Code::kContextOverflow:
      return "context_overflow";
    case Code::kOutOfMemory:
      return "out_of_memory";
    case Code::kDeadlineExceeded:
      return "deadline_exceeded";
    case Code::kCancelled:
      return "cancelled";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kEngineCrashed:
      return "engine_crashed";
    case Code::kCorrupt:
      return "corrupt";
    case Code::kUpstream:
      return "upstream";
    case Code::kInternal:
      return "internal";
    case Code::kUnimplemented:
      return "unimplemented";
  }
  return "internal";
}

Code code_from_number(std::uint8_t number) {
  const bool known = number >= static_cast<std::uint8_t>(Code::kInvalidArgument) &&
                     number <= static_cast<std::uint8_t>(Code::kUnimplemented);
  return known ? static_cast<Code>(number) : Code::kInternal;
}

std::string Error::to_string() const {
  std::string text(code_name(code));
  text += ": ";
  text += message;
  if (!context.empty()) text += " [" + context + "]";
  return text;
}

}  // namespace hearth::base
