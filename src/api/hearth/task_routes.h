// Tasks over HTTP.
//
//   POST /hearth/v1/tasks               {"task", "mode", "approve", "workspace", "roles", "budget",
//                                        "stream"}; the task, or its events
//   GET  /hearth/v1/tasks?limit=N       the latest first
//   GET  /hearth/v1/tasks/ID            one, as far as it is
//   GET  /hearth/v1/tasks/ID/events     server-sent events; Last-Event-ID or ?after= goes on
//   POST /hearth/v1/tasks/ID/approve    {"approval", "approve", "answer"}
//   POST /hearth/v1/tasks/ID/cancel, /pause
//   POST /hearth/v1/tasks/ID/resume     {"force"}
//   POST /hearth/v1/tasks/ID/fork       {"events"}: a new one that goes on behind that event
//   POST /hearth/v1/tasks/ID/retry      a new one from the beginning
//
// A task does things on this machine, so that it takes a key whose scope is admin; each is there
// for the key that made it alone.
//
// Threads: confined to the loop.
#pragma once

#include "api/core/router.h"
#include "api/hearth/tasks.h"

namespace hearth::api {

// Borrows `tasks`.
void add_task_routes(Router& router, const Tasks& tasks);

}  // namespace hearth::api
