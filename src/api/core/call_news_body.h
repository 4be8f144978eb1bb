// A call that the daemon makes for an answer, as every dialect tells of it:
// {"round","id","name","arguments","status","output","error"}. `status` is "running" before its
// end.
//
// Threads: pure.
#pragma once

#include "agent/call_news.h"
#include "json/writer.h"

namespace hearth::api {

void write_call_news(json::Writer& json, const agent::CallNews& news);

}  // namespace hearth::api
