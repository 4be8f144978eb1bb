// The object `hearth` of an answer, in every dialect: the seed, with which the same request is
// answered the same way again, how much of the prompt was dropped if any, warnings, what calls were
// made for it, and where the time went.
//
// Threads: pure.
#pragma once

#include "api/core/tally.h"
#include "json/writer.h"

namespace hearth::api {

void write_own(json::Writer& json, const Summary& summary);

}  // namespace hearth::api
