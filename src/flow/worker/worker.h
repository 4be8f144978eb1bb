// Does a run: keeps what is decided, then does it, one after the other, until the run is over or
// waits for a person. All that it knows between two events is in the store.
//
// Ownership: borrows its parts, which outlive it.
// Threads:   confined to the one that works; `tell` is called on it. Everything else is
//            thread-safe.
// Errors:    of the store: the run stays as it was kept, and is gone on with later.
// Limits:    kResultBytesMost of what a tool or a model says are kept; for a database that others
//            keep locked it waits kKeepTriesMost times as long as that waits by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/clock.h"
#include "base/result.h"
#include "flow/models.h"
#include "flow/run/next.h"
#include "flow/run/state.h"
#include "flow/store/run_store.h"
#include "flow/tools.h"

namespace hearth::flow {

inline constexpr std::size_t kResultBytesMost = 1024UL * 1024;
inline constexpr int kKeepTriesMost = 6;

// Who watches a run hears its events when they are kept, and between them what is only told.
struct Told {
  std::uint64_t number = 0;  // 0: it is not kept
  std::int64_t at_ms = 0;
  std::string_view name;
  std::string json;
};
using Telling = std::function<void(const Told&)>;

// Why somebody wants a worker to stop: the run is called off, or the daemon leaves and the run goes
// on later.
struct Stop {
  base::CancelToken now;
  std::function<bool()> is_called_off;
};

struct WorkerParts {
  RunStore& store;
  Models& models;
  Tools& tools;
  const base::Clock& clock;
  std::string holder;  // in whose name the run is held
  std::string client;  // whom models serve
  Telling tell;
};

class Worker {
 public:
  Worker(WorkerParts parts, std::string run) : parts_(std::move(parts)), run_(std::move(run)) {}

  // REQUIRES: the run is held. Returns when it is over, waits for a person, or is to stop. A run
  // whose tools have changed since it was begun is paused, unless somebody has forced it on.
  Result<void> work(const Stop& stop);

  // Of events that were kept.
  static Result<State> load(RunStore& store, std::string_view run);
  const State& state() const { return state_; }
  Result<void> add(Event event);

 private:
  Result<void> resume();
  Result<void> keep(const KeptEvent& event);
  Result<void> perform(const Stop& stop);
  Event ask_model(const base::CancelToken& stop);
  Event use_tool(const base::CancelToken& stop);
  void tell_piece(const CallIntended& intent, const Piece& piece);
  void wait_before_another_try(const base::CancelToken& stop) const;

  WorkerParts parts_;
  const std::string run_;
  State state_;
};

}  // namespace hearth::flow
