// One table from Code to what an Anthropic client sees:
// {"type":"error","error":{"type","message"},"request_id"}. There is no field for what is at fault,
// so the message names it.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "api/core/errors.h"
#include "base/error.h"

namespace hearth::api::anthropic {

// The status that Anthropic's clients take for "busy, try again".
inline constexpr int kOverloaded = 529;

// The field of a conversation that Anthropic keeps. A kNotFound about it carries the details by
// which clients know that they have to send all of it again.
inline constexpr std::string_view kThreadField = "thread";

// An ErrorDialect.
ErrorReply anthropic_error(const Error& error, std::string_view param, std::string_view request_id);

// A Dialect::Refusal.
std::string refusal_body(int status, const Error& error, std::string_view request_id);

// The same object where no reply carries it: in a stream.
std::string error_body(const Error& error, std::string_view request_id);

// An error of a provider, in words that help whoever sees it in an Anthropic client: it names the
// field at fault, says "prompt is too long" where that client then shortens its prompt, and tells
// how to point it at a model of this machine where it asked for one of Anthropic's.
// `field` is the client's word for what is at fault; empty where it is no field.
Error explained(Error error, std::string_view field, std::string_view model);

}  // namespace hearth::api::anthropic
