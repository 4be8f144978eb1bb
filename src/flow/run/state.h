// Where a run is: the fold of its events. Whoever has the events has the state, after whatever end
// of a process.
//
// Threads:    a value; pure.
// Invariants: what a call has answered is drawn a conclusion from by a later event, so that no
//             finished call is made again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "flow/run/event.h"

namespace hearth::flow {

struct StepRecord {
  enum class Status : std::uint8_t { kWaiting, kRunning, kDone, kFailed, kSkipped };
  Status status = Status::kWaiting;
  std::uint32_t attempt = 0;
  std::string output = {};
  std::string problem = {};  // of the last attempt that failed
  Fault fault = Fault::kCheck;
  bool has_consent = false;  // somebody agreed to its call
  bool is_doubtful = false;  // it may have happened: nobody knows
  bool was_refused = false;  // somebody did not agree
  bool is_deed = false;      // its tool changed something
  bool operator==(const StepRecord&) const = default;
};

// A model or a tool that was asked, and what it said.
struct ModelCall {
  CallIntended intent;
  std::optional<CallCompleted> completed = {};
  std::optional<CallFailed> failed = {};
  bool operator==(const ModelCall&) const = default;
};
struct ToolUse {
  ToolIntended intent;
  std::optional<ToolCompleted> completed = {};
  bool was_interrupted = false;  // the process ended while it ran
  bool operator==(const ToolUse&) const = default;
};

enum class PlanStage : std::uint8_t {
  kWanted,    // by the planner
  kMade,      // and not looked at
  kChecked,   // the gate let it pass
  kAccepted,  // its steps are done
};

struct State {
  RunStarted start;
  std::uint64_t events = 0;
  std::optional<RouteDecided> route = {};

  PlanStage stage = PlanStage::kWanted;
  std::optional<Plan> plan = {};
  std::uint32_t revision = 0;
  std::optional<PlanRejected::By> rejected_by = {};
  std::vector<std::string> problems = {};  // that the next plan has to be without
  std::uint32_t refusals = 0;              // of plans, by reader and gate, since one passed
  std::optional<CritiqueCompleted> critique = {};
  std::optional<Critique> earlier_critique = {};  // of the plan before
  std::set<std::string> fingerprints = {};        // of plans that were seen
  bool has_repeated_plan = false;                 // the one at hand is one of them
  std::uint32_t critique_calls = 0;               // for this plan
  std::set<std::string> tools_of_first_plan = {};
  std::map<std::string, StepRecord, std::less<>> steps = {};
  std::map<std::string, StepRecord, std::less<>> done_before =
      {};  // by step_key(), of plans before

  std::uint32_t calls = 0;  // the number of the last
  std::optional<ModelCall> model_call = {};
  std::optional<ToolUse> tool_use = {};
  std::uint32_t failures_in_row = 0;   // of models asked this, that could not answer
  std::uint32_t cuts_in_row = 0;       // answers to this that reached their limit of tokens
  std::uint32_t overflows_in_row = 0;  // prompts of this that did not fit the context
  std::map<std::string, std::uint32_t> uses = {};  // of a tool with the same arguments
  std::set<std::string> done_for_good = {};        // of those, what nobody may do twice
  bool has_seen_foreign_text = false;              // what a tool found

  std::optional<ApprovalRequested> approval = {};  // that somebody has to give
  std::uint32_t approvals = 0;
  std::optional<ApprovalResolved> plan_consent = {};

  Spending spent = {};
  bool was_warned = false;
  std::optional<std::string> exhausted = {};
  bool is_cancelling = false;
  bool is_paused = false;
  std::string tools = {};   // the inventory that its plan was made for; empty: nobody knows
  bool is_forced = false;   // and whether it goes on with another one
  std::string reason = {};  // why it is paused, if nobody wanted it
  std::string answer = {};  // that the executor wrote
  std::vector<std::string> warnings = {};
  std::optional<RunEnded> end = {};

  StepRecord& record(const std::string& step) { return steps[step]; }
  const StepRecord* find_record(std::string_view step) const;
  // The result of a step that is done; nullptr otherwise.
  const std::string* result(std::string_view step) const;
  bool has_open_call() const;
  // Whether it is what was asked last, and nothing has come of that yet.
  bool is_asked_again(Purpose purpose, std::string_view step) const;
  bool operator==(const State&) const = default;
};

void fold(State& state, const Event& event);
State state_of(const std::vector<Event>& events);

// The same for the same tool with the same arguments.
std::string use_key(const ToolCall& call);

// Two steps that do the same with the same have the same key, whatever plan they are of.
std::string step_key(const Plan& plan, const Step& step);

}  // namespace hearth::flow
