// What Ollama's clients see of an error: {"error":"…"} with a status. A model that is not there is
// said in Ollama's words, which some clients look for.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "api/core/errors.h"

namespace hearth::api::ollama {

// An ErrorDialect.
ErrorReply error_reply(const Error& error, std::string_view param, std::string_view request_id);
// A Dialect::Refusal.
std::string refusal_body(int status, const Error& error, std::string_view request_id);
// kNotFound of a request for this model: "model 'NAME' not found", and what to do.
Error about_model(Error error, std::string_view model);

}  // namespace hearth::api::ollama
