#include "flow/run/state.h"

#include <algorithm>

#include <fmt/format.h>

#include "flow/plan/gate.h"

namespace hearth::flow {

namespace {

// The steps that one needs, with it, in the order of the plan.
std::vector<const Step*> needed_by(const Plan& plan, const Step& step) {
  std::set<std::string> ids{step.id};
  for (std::size_t before = 0; before != ids.size();) {
    before = ids.size();
    for (const Step& other : plan.steps) {
      if (!ids.contains(other.id)) continue;
      const std::vector<std::string> needs = needs_of(other);
      ids.insert(needs.begin(), needs.end());
    }
  }
  std::vector<const Step*> found;
  for (const Step& other : plan.steps)
    if (ids.contains(other.id)) found.push_back(&other);
  return found;
}

// With places instead of ids, which the next plan may give to other steps.
std::string with_places(std::string text, const std::vector<const Step*>& steps) {
  for (std::size_t place = 0; place < steps.size(); ++place) {
    const std::string id = "${" + steps[place]->id + ".";
    const std::string instead = fmt::format("${{#{}.", place);
    for (std::size_t at = 0; (at = text.find(id, at)) != std::string::npos; at += instead.size())
      text.replace(at, id.size(), instead);
  }
  return text;
}

class Fold {
 public:
  explicit Fold(State& state) : state_(state) {}

  void operator()(const RunStarted& event) {
    state_.start = event;
    state_.tools = event.tools;
  }
  void operator()(const RunPaused& event) {
    state_.is_paused = true;
    state_.reason = event.reason;
  }
  void operator()(const RunResumed& event) {
    state_.is_paused = false;
    state_.reason.clear();
    state_.is_forced = event.forced;
    if (!event.tools.empty()) state_.tools = event.tools;
    if (state_.tool_use && !state_.tool_use->completed) state_.tool_use->was_interrupted = true;
  }
  void operator()(const RouteDecided& event) { state_.route = event; }

  void operator()(const PlanCreated& event) {
    conclude();
    keep_done_steps();
    state_.plan = event.plan;
    state_.revision = event.revision;
    state_.stage = PlanStage::kMade;
    state_.critique.reset();
    state_.plan_consent.reset();
    const bool is_new = state_.fingerprints.insert(plan_fingerprint(event.plan)).second;
    state_.has_repeated_plan = !is_new;
    state_.critique_calls = 0;
    state_.steps.clear();
    for (const Step& step : event.plan.steps) {
      const auto done = state_.done_before.find(step_key(event.plan, step));
      state_.steps[step.id] = done == state_.done_before.end() ? StepRecord() : done->second;
    }
  }
  void operator()(const PlanRejected& event) {
    conclude();
    state_.problems = event.problems;
    state_.rejected_by = event.by;
    state_.stage = PlanStage::kWanted;
    if (event.by == PlanRejected::By::kCritic) {
      ++state_.spent.revisions;
      if (state_.critique) state_.earlier_critique = state_.critique->critique;
    } else {
      ++state_.refusals;
    }
  }
  void operator()(const PlanChecked&) {
    state_.stage = PlanStage::kChecked;
    state_.refusals = 0;
  }
  void operator()(const PlanAccepted& event) {
    state_.stage = PlanStage::kAccepted;
    state_.problems.clear();
    add_warnings(event.notes);
    if (!state_.tools_of_first_plan.empty() || !state_.plan) return;
    for (const Step& step : state_.plan->steps)
      state_.tools_of_first_plan.insert(step.tool);
  }
  void operator()(const CritiqueCompleted& event) {
    conclude();
    state_.critique = event;
  }
  void operator()(const ReplanBegun& event) {
    ++state_.spent.replans;
    state_.stage = PlanStage::kWanted;
    state_.refusals = 0;
    state_.rejected_by.reset();
    state_.problems = {event.reason};
    state_.earlier_critique.reset();
  }

  void operator()(const CallIntended& event) {
    if (!state_.is_asked_again(event.purpose, event.step)) conclude();
    state_.calls = event.call;
    state_.model_call = ModelCall{event};
    state_.critique_calls += event.purpose == Purpose::kCritique ? 1 : 0;
    ++state_.spent.model_calls;
  }
  void operator()(const CallCompleted& event) {
    spend(event.took_ms, event.swap_ms);
    state_.spent.tokens += event.prompt_tokens + event.completion_tokens;
    state_.failures_in_row = 0;
    state_.cuts_in_row += event.cut ? 1 : 0;
    if (!state_.model_call) return;
    state_.model_call->completed = event;
    const CallIntended& intent = state_.model_call->intent;
    if (intent.purpose == Purpose::kAnswer || intent.purpose == Purpose::kDirect) {
      state_.answer = event.text;
    }
    if (intent.purpose != Purpose::kStep) return;
    StepRecord& record = state_.record(intent.step);
    record.output = event.text;
  }
  void operator()(const CallFailed& event) {
    spend(event.took_ms, 0);
    const bool is_too_long = event.code == base::Code::kContextOverflow;
    ++(is_too_long ? state_.overflows_in_row : state_.failures_in_row);
    if (state_.model_call) state_.model_call->failed = event;
  }

  void operator()(const StepStarted& event) {
    StepRecord& record = state_.record(event.step);
    record.status = StepRecord::Status::kRunning;
    record.attempt = event.attempt;
  }
  void operator()(const ToolIntended& event) {
    conclude();
    state_.calls = event.call;
    state_.tool_use = ToolUse{event};
    ++state_.spent.tool_calls;
    ++state_.uses[use_key(event.tool)];
    // Who agreed, agreed to this one; another try is another deed.
    if (event.effect == Effect::kIrreversible) state_.record(event.step).has_consent = false;
  }
  void operator()(const ToolCompleted& event) {
    spend(event.took_ms, 0);
    state_.has_seen_foreign_text = true;
    if (!state_.tool_use) return;
    state_.tool_use->completed = event;
    const ToolIntended& intent = state_.tool_use->intent;
    state_.record(intent.step).output = event.outcome.output;
    state_.record(intent.step).is_deed = intent.effect != Effect::kPure;
    if (intent.effect == Effect::kIrreversible) state_.done_for_good.insert(use_key(intent.tool));
  }
  void operator()(const ToolUnknown&) {
    if (!state_.tool_use) return;
    StepRecord& record = state_.record(state_.tool_use->intent.step);
    record.is_doubtful = true;
    record.has_consent = false;
    // It says nothing of a loop: it was the process that ended.
    --state_.uses[use_key(state_.tool_use->intent.tool)];
    state_.tool_use.reset();
  }
  void operator()(const StepCompleted& event) {
    conclude();
    StepRecord& record = state_.record(event.step);
    record.status = StepRecord::Status::kDone;
    record.output = event.output;
    record.is_doubtful = false;
    add_warnings(event.warnings);
  }
  void operator()(const StepFailed& event) {
    conclude();
    StepRecord& record = state_.record(event.step);
    record.status = event.retried ? StepRecord::Status::kWaiting : StepRecord::Status::kFailed;
    record.problem = event.message;
    record.fault = event.fault;
    record.output = event.output;
  }
  void operator()(const StepSkipped& event) {
    state_.record(event.step).status = StepRecord::Status::kSkipped;
    state_.warnings.push_back(fmt::format("step {} was skipped: {}", event.step, event.reason));
  }

  void operator()(const ApprovalRequested& event) {
    state_.approval = event;
    state_.approvals = event.approval;
  }
  void operator()(const ApprovalResolved& event) {
    if (!state_.approval) return;
    const ApprovalRequested asked = *state_.approval;
    state_.approval.reset();
    resolve(asked, event);
  }

  void operator()(const BudgetWarned&) { state_.was_warned = true; }
  void operator()(const BudgetExhausted& event) { state_.exhausted = event.limit; }
  void operator()(const CancelAsked&) { state_.is_cancelling = true; }
  void operator()(const RunEnded& event) { state_.end = event; }

 private:
  // Whatever was asked has had its consequence.
  void conclude() {
    state_.model_call.reset();
    state_.tool_use.reset();
    state_.failures_in_row = 0;
    state_.cuts_in_row = 0;
    state_.overflows_in_row = 0;
  }

  void spend(std::int64_t took_ms, std::int64_t swap_ms) {
    state_.spent.wall_ms += std::max<std::int64_t>(took_ms, 0);
    state_.spent.swap_ms += std::max<std::int64_t>(swap_ms, 0);
  }

  void add_warnings(const std::vector<std::string>& more) {
    state_.warnings.insert(state_.warnings.end(), more.begin(), more.end());
  }

  void keep_done_steps() {
    if (!state_.plan) return;
    for (const Step& step : state_.plan->steps) {
      const StepRecord& record = state_.record(step.id);
      const bool counts = record.status == StepRecord::Status::kDone || record.is_doubtful;
      if (counts) state_.done_before[step_key(*state_.plan, step)] = record;
    }
  }

  void resolve(const ApprovalRequested& asked, const ApprovalResolved& event) {
    using About = ApprovalRequested::About;
    if (asked.about == About::kPlan) {
      state_.plan_consent = event;
      return;
    }
    StepRecord& record = state_.record(asked.step);
    if (!event.granted) {
      record.status = StepRecord::Status::kFailed;
      record.was_refused = true;
      record.fault = Fault::kPolicy;
      record.problem = event.answer.empty() ? "it was not allowed" : event.answer;
      return;
    }
    if (asked.about == About::kQuestion) record.output = event.answer;
    record.has_consent = true;
    record.is_doubtful = false;
  }

  State& state_;
};

}  // namespace

const StepRecord* State::find_record(std::string_view step) const {
  const auto found = steps.find(step);
  return found == steps.end() ? nullptr : &found->second;
}

const std::string* State::result(std::string_view step) const {
  const StepRecord* found = find_record(step);
  return found != nullptr && found->status == StepRecord::Status::kDone ? &found->output : nullptr;
}

std::string use_key(const ToolCall& call) {
  return call.name + " " + call.args;
}

bool State::has_open_call() const {
  return (model_call && !model_call->completed && !model_call->failed) ||
         (tool_use && !tool_use->completed);
}

bool State::is_asked_again(Purpose purpose, std::string_view step) const {
  return model_call && model_call->intent.purpose == purpose && model_call->intent.step == step;
}

void fold(State& state, const Event& event) {
  ++state.events;
  std::visit(Fold(state), event);
}

State state_of(const std::vector<Event>& events) {
  State state;
  for (const Event& event : events)
    fold(state, event);
  return state;
}

std::string step_key(const Plan& plan, const Step& step) {
  const std::vector<const Step*> steps = needed_by(plan, step);
  std::string key;
  for (const Step* one : steps) {
    key += fmt::format("{}\n{}\n{}\n{}\n{}\n", static_cast<int>(one->kind), one->tool,
                       with_places(one->args, steps), with_places(one->instruction, steps),
                       one->output_schema);
  }
  return key;
}

}  // namespace hearth::flow
