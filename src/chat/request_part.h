// Which part of a Request, EmbedRequest or TokenizeRequest an Error is about, where whoever finds
// it does not know what the client calls it: a dialect puts its own field's name there. It travels
// as the Error's context.
//
// Threads: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace hearth::chat {

struct RequestPart {
  enum class Kind : std::uint8_t {
    kMessages,
    kTools,       // all of them together
    kParameters,  // of one tool
    kToolChoice,
    kConstraint,
    kTemplateArguments,
    kLogitBias,
    kModel,
    kPriority,
    kSuffix,
    kInput,      // of an EmbedRequest or TokenizeRequest: a text, or tokens
    kDimensions  // likewise
  };
  Kind kind = Kind::kMessages;
  std::size_t tool = 0;  // kParameters: its place in Request::tools
  bool operator==(const RequestPart&) const = default;
};

// "request.constraint", "request.tools[3].parameters".
std::string part_context(const RequestPart& part);
// Nothing for a context that is anything else.
std::optional<RequestPart> find_part(std::string_view context);

// The same error, about this part, unless it already says which.
Error about(const RequestPart& part, Error error);
template <typename T>
Result<T> about(const RequestPart& part, Result<T> result) {
  if (!result) return fail(about(part, std::move(result).error()));
  return result;
}

}  // namespace hearth::chat
