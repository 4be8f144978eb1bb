// What llama-server's clients see of an error: {"error":{"code","message","type"}}, where the code
// is the status of HTTP and the type one of llama-server's.
//
// Invariants: an Error's context never leaves the house.
// Threads:    pure.
#pragma once

#include <string>
#include <string_view>

#include "api/core/errors.h"

namespace hearth::api::llamacpp {

// An ErrorDialect; the field at fault stands in the message.
ErrorReply error_reply(const Error& error, std::string_view param, std::string_view request_id);

// A Dialect::Refusal.
std::string refusal_body(int status, const Error& error, std::string_view request_id);

// Whether llama-server's clients, and nobody else's, ask for this path.
bool is_own_path(std::string_view path);

}  // namespace hearth::api::llamacpp
