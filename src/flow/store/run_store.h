// Runs in the daemon's database: their events, one after the other, and who works at which. What
// was told here is never lost and never changed.
//
// Ownership: the database outlives it, and is not within a transaction when it is called.
// Threads:   as db::Database: confined to one at a time, and every call blocks.
// Invariants: the events of a run have the numbers 1, 2, 3 …; only who holds a run adds to it.
// Errors:    those of db::Database; kNotFound for a run that is not there or is somebody else's;
//            kAlreadyExists where somebody else holds it, or has added to it meanwhile.
// Limits:    kEventBytesMost for each event; the oldest runs that are over go when there are more
//            than kRunsKept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "flow/run/event.h"

namespace hearth::flow {

inline constexpr std::int64_t kRunsKept = 1000;
inline constexpr std::size_t kListMost = 1000;

enum class RunStatus : std::uint8_t {
  kRunning,
  kWaiting,  // for a person
  kPaused,
  kCompleted,
  kPartial,
  kFailed,
  kCancelled
};
inline constexpr Words<RunStatus, 7> kStatuses{
    {"running", "waiting_approval", "paused", "completed", "partial", "failed", "cancelled"}};
bool is_over(RunStatus status);

// What a list of runs shows.
struct RunHead {
  std::string id;
  std::string owner;  // the id of the key it was made with; empty without
  std::string task;
  RunStatus status = RunStatus::kRunning;
  std::int64_t made_ms = 0;
  std::int64_t changed_ms = 0;
  std::uint64_t events = 0;
  std::string workspace = {};
  std::string parent = {};  // the run that it was forked of
};

struct KeptEvent {
  std::uint64_t number = 0;
  std::int64_t at_ms = 0;
  std::string name;
  std::string json;
};

class RunStore {
 public:
  static Result<RunStore> open(db::Database& database);

  // A new run, with its first events; held by nobody.
  Result<void> make(const RunHead& head, const std::vector<Event>& events);
  Result<RunHead> find(std::string_view id, std::string_view owner);
  // The latest first.
  Result<std::vector<RunHead>> list(std::string_view owner, std::size_t most);
  Result<std::vector<KeptEvent>> events(std::string_view id, std::uint64_t after);

  // From now on, and until then, only the holder adds to it.
  Result<void> hold(std::string_view id, std::string_view holder, std::int64_t now_ms,
                    std::int64_t until_ms);
  // All that it holds.
  Result<void> renew(std::string_view holder, std::int64_t until_ms);
  Result<void> let_go(std::string_view id, std::string_view holder);
  // The next event, which is number `number`. REQUIRES: it holds the run.
  Result<void> add(std::string_view id, std::string_view holder, const KeptEvent& event,
                   RunStatus status);
  // Those that run and that nobody else holds (any more).
  Result<std::vector<RunHead>> abandoned(std::string_view holder, std::int64_t now_ms);

 private:
  explicit RunStore(db::Database& database) : database_(&database) {}
  Result<void> make_room();
  Result<void> insert(std::string_view id, const KeptEvent& event);

  db::Database* database_;
};

// The status that a run has after these events.
struct State;
RunStatus status_of(const State& state);

}  // namespace hearth::flow
