// The field keep_alive, which several dialects have: a number of seconds or a text like "5m"; 0 is
// not at all, and what is below it for ever.
//
// Errors:  kInvalidArgument about the field.
// Threads: pure.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api {

Result<base::Duration> read_keep_alive(const json::Node& node);

}  // namespace hearth::api
