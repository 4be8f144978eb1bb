// The object `hearth` of a request: wishes that no dialect has a word for.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  kDeadlineMsMax, kCacheScopeBytesMax.
// Threads: pure.
#pragma once

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

Result<void> read_own_fields(const json::Node& node, ChatCall& call);

}  // namespace hearth::api::openai
