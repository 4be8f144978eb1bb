// The field `options`: how tokens are chosen, how long an answer gets, and much about the machine
// that is Hearth's own affair.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Threads: pure.
#pragma once

#include "api/ollama/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::ollama {

Result<void> read_options(const json::Node& node, Ask& ask);

// Of a request that writes nothing: what is known is named as ignored, and all else refused.
Result<void> ignore_options(const json::Node& node, std::vector<std::string>& ignored);

}  // namespace hearth::api::ollama
