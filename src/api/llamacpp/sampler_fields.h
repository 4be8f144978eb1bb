// The fields of llama-server that say how tokens are chosen: those that all dialects here have
// (openai/sampling_fields.h), what llama-server writes in another way, and what it has beyond,
// which is taken only where it asks for nothing.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  those of chat/request.h.
// Threads: pure.
#pragma once

#include <string_view>

#include "api/openai/request_fields.h"
#include "api/openai/sampling_fields.h"
#include "base/result.h"
#include "chat/request.h"
#include "json/node.h"

namespace hearth::api::llamacpp {

// kNo for a field that is none of these. REQUIRES: not null.
Result<openai::Known> read_sampler_field(std::string_view name, const json::Node& node,
                                         chat::Sampling& sampling);

// The field `samplers`: those that are not named are off. They are always used in llama-server's
// usual order; where another one is asked for, or one that is not here, the field is noted as
// ignored. REQUIRES: all other fields were read.
Result<void> read_samplers(const json::Node& node, openai::ChatCall& call);

}  // namespace hearth::api::llamacpp
