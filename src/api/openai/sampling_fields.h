// The fields of a request that say how tokens are chosen: OpenAI's, and those that llama-server
// takes on the same route. Every one is honoured, or refused when it is out of its range.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  those of chat/request.h.
// Threads: pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "chat/request.h"
#include "json/node.h"

namespace hearth::api::openai {

enum class Known : bool { kNo, kYes };

// kNo for a field that is none of these; the sampling is then as it was. Null is "not given".
Result<Known> read_sampling_field(std::string_view name, const json::Node& node,
                                  chat::Sampling& sampling);

}  // namespace hearth::api::openai
