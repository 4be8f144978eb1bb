// One table from Code to what an HTTP client sees, in OpenAI's shape, which Hearth's own routes
// share: {"error":{"message","type","param","code"}}. Other dialects bring their own table.
//
// Invariants: an Error's context never leaves the house, because it may be a path; a field that
//             is at fault is given as `param`.
// Threads:    pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace hearth::api {

struct ErrorShape {
  int status;
  std::string_view type;
  std::string_view code;
  int retry_after_s;  // 0: trying again does not help
};

ErrorShape shape_of(Code code);

// The param of an error about the model itself; its kNotFound is "model_not_found".
inline constexpr std::string_view kModelField = "model";

struct ErrorView {
  std::string_view message;
  std::string_view type;
  std::string_view code;
  std::string_view param;  // null when empty
};

// What a client is told of an error before the first byte of an answer.
struct ErrorReply {
  int status = 500;
  std::string body;
  int retry_after_s = 0;  // 0: trying again does not help
};

// How a dialect says it; `param` names the field at fault, if one is.
using ErrorDialect = ErrorReply (*)(const Error& error, std::string_view param,
                                    std::string_view request_id);
ErrorReply openai_error(const Error& error, std::string_view param, std::string_view request_id);

// How a dialect speaks to a request that comes to no handler of its own.
struct Dialect {
  ErrorDialect errors = openai_error;
  // The body of a reply with this status, to what was no request yet or had no handler.
  using Refusal = std::string (*)(int status, const Error& error, std::string_view request_id);
  Refusal refusal = nullptr;        // OpenAI's without one
  const char* id_header = nullptr;  // that carries the id beside X-Request-Id
};
// OpenAI's Refusal.
std::string openai_refusal(int status, const Error& error, std::string_view request_id);

// The JSON of an error reply, without a newline.
std::string error_body(const ErrorView& view);
std::string error_body(const Error& error, std::string_view param = {});

}  // namespace hearth::api
