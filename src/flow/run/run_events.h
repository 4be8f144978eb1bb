// Events of a run as a whole: how it begins, what it may use, how it ends.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "flow/run/budget.h"
#include "flow/words.h"

namespace hearth::flow {

// Whether simple tasks are answered without a plan, and whether a result is looked at once more.
enum class Mode : std::uint8_t {
  kAuto,
  kDirect,  // never a plan
  kStrict   // always a plan, and the critic sees the answer too
};
inline constexpr Words<Mode, 3> kModes{{"auto", "direct", "strict"}};

enum class Approve : std::uint8_t { kAuto, kAsk, kDeny };
inline constexpr Words<Approve, 3> kApprovals{{"auto", "ask", "deny"}};

// Which roles take part; the executor always does.
struct Cast {
  std::string planner;  // a model; empty: tasks are done by the executor alone
  std::string critic;   // a model; empty: nobody criticises
  std::string executor;
  bool operator==(const Cast&) const = default;
};

struct RunStarted {
  static constexpr std::string_view kName = "run.started";
  std::string task;
  Mode mode = Mode::kAuto;
  Approve approve = Approve::kAsk;
  Cast cast;
  Budget budget;
  std::string tools = {};  // its inventory (tool_inventory.h); empty in runs of old
  std::string plan = {};   // somebody's own, as JSON, that the run begins with; empty: none
  bool operator==(const RunStarted&) const = default;
};

struct RunResumed {
  static constexpr std::string_view kName = "run.resumed";
  bool forced = false;     // whatever its tools are now
  std::string tools = {};  // the inventory it goes on with, where that is another
  bool operator==(const RunResumed&) const = default;
};

// Nobody works at it until somebody resumes it.
struct RunPaused {
  static constexpr std::string_view kName = "run.paused";
  std::string reason = {};  // of a run that does not go on by itself
  bool operator==(const RunPaused&) const = default;
};

struct RouteDecided {
  static constexpr std::string_view kName = "route.decided";
  bool direct = false;
  std::string reason;
  bool operator==(const RouteDecided&) const = default;
};

struct BudgetWarned {
  static constexpr std::string_view kName = "budget.warning";
  std::string limit;
  bool operator==(const BudgetWarned&) const = default;
};

struct BudgetExhausted {
  static constexpr std::string_view kName = "budget.exhausted";
  std::string limit;
  bool operator==(const BudgetExhausted&) const = default;
};

struct CancelAsked {
  static constexpr std::string_view kName = "run.cancelling";
  std::string by = {};
  bool operator==(const CancelAsked&) const = default;
};

// The end, whatever it is. Its name in the log says which.
struct RunEnded {
  enum class How : std::uint8_t { kCompleted, kPartial, kFailed, kCancelled };
  How how = How::kCompleted;
  std::string answer;
  std::string message = {};  // why it is not whole
  std::vector<std::string> warnings = {};
  bool operator==(const RunEnded&) const = default;
};
inline constexpr Words<RunEnded::How, 4> kEnds{{"completed", "partial", "failed", "cancelled"}};

}  // namespace hearth::flow
