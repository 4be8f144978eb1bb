// What the routes of tasks can ask of the daemon, as functions that main wires.
//
// Threads: confined to the loop; callbacks come on it, never from inside the call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/callback.h"
#include "base/result.h"
#include "flow/run/event.h"
#include "flow/run/state.h"
#include "flow/store/run_store.h"
#include "flow/worker/feed.h"

namespace hearth::api {

struct TaskWish {
  std::string task;
  flow::Mode mode = flow::Mode::kAuto;
  std::optional<flow::Approve> approve = {};  // empty: as the settings say
  std::string workspace = {};                 // an absolute folder; empty: no files
  // Models; empty ones are those of the settings. "none" is nobody.
  flow::Cast cast = {};
  flow::Budget budget = {};
  std::string plan = {};  // somebody's own, as JSON; empty: the planner writes one
};

struct TaskSheet {
  flow::RunHead head;
  flow::State state;
};

struct TaskAnswer {
  std::uint32_t approval = 0;
  bool granted = false;
  std::string answer = {};
};

struct TaskResumption {
  bool forced = false;  // even if its tools are others than when it was begun
};

// Whose task it is: the id of a key, empty without one.
struct TaskName {
  std::string id;
  std::string owner;
};

struct Tasks {
  std::function<void(TaskWish wish, std::string owner, Callback<flow::RunHead> done)> start;
  std::function<void(std::string owner, std::size_t most,
                     Callback<std::vector<flow::RunHead>> done)>
      list;
  std::function<void(TaskName name, Callback<TaskSheet> done)> find;
  // From the event behind `after` on.
  std::function<void(TaskName name, Callback<std::shared_ptr<flow::Feed>> done)> watch;
  std::function<void(TaskName name, TaskAnswer answer, Callback<void> done)> answer;
  std::function<void(TaskName name, Callback<void> done)> cancel;
  std::function<void(TaskName name, Callback<void> done)> pause;
  std::function<void(TaskName name, TaskResumption wish, Callback<void> done)> resume;
  // A new task with the first events of this one, which goes on from there; of no events: that
  // begins anew.
  std::function<void(TaskName name, std::uint64_t events, Callback<flow::RunHead> done)> fork;
};

}  // namespace hearth::api
