#include "flow/run/next.h"

#include <algorithm>

#include "flow/run/route.h"

namespace hearth::flow {

namespace {

constexpr std::uint32_t kDoublingsMost = 1;
constexpr std::uint32_t kBytesPerToken = 3;

std::uint32_t usual_length(const AnswerLengths& lengths, Purpose purpose) {
  switch (purpose) {
    case Purpose::kPlan:
      return lengths.plan;
    case Purpose::kCritique:
    case Purpose::kJudgeStep:
      return lengths.critique;
    case Purpose::kStep:
      return lengths.step;
    case Purpose::kAnswer:
    case Purpose::kDirect:
      return lengths.answer;
  }
  return lengths.answer;
}

// Twice as long as the one that was cut off, once.
std::uint32_t length_of(const State& state, const AnswerLengths& lengths, Purpose purpose,
                        std::string_view step) {
  const std::uint32_t cuts = state.is_asked_again(purpose, step) ? state.cuts_in_row : 0;
  return usual_length(lengths, purpose) << std::min(cuts, kDoublingsMost);
}

// Another answer to the same question may be better: after a failure, with more room for it, or
// with a smaller prompt.
bool is_worth_asking_again(const State& state) {
  const ModelCall& call = *state.model_call;
  if (call.completed) return call.completed->cut && state.cuts_in_row <= kDoublingsMost;
  if (call.failed->code != base::Code::kContextOverflow) return may_ask_again(state);
  return state.overflows_in_row <= kSqueezesMost;
}

const std::string& model_of(const Cast& cast, Role role) {
  switch (role) {
    case Role::kPlanner:
      return cast.planner;
    case Role::kCritic:
      return cast.critic;
    case Role::kExecutor:
      return cast.executor;
  }
  return cast.executor;
}

// What a prompt takes at least, before anybody has counted it.
std::uint32_t prompt_tokens(const State& state, Purpose purpose) {
  std::size_t bytes = state.start.task.size();
  if (purpose == Purpose::kCritique && state.plan) bytes += plan_json(*state.plan).size();
  return static_cast<std::uint32_t>(bytes / kBytesPerToken);
}

Event conclusion(const State& state, const Terms& terms) {
  if (state.tool_use) return conclusion_of_tool(state, terms);
  const ModelCall& call = *state.model_call;
  if (is_worth_asking_again(state)) {
    return intend(state, terms, call.intent.purpose, call.intent.step);
  }
  switch (call.intent.purpose) {
    case Purpose::kPlan:
      return conclusion_of_plan(state);
    case Purpose::kCritique:
      return conclusion_of_critique(state, terms);
    case Purpose::kStep:
      return conclusion_of_step(state, terms);
    case Purpose::kJudgeStep:
      return conclusion_of_judge(state);
    case Purpose::kAnswer:
    case Purpose::kDirect:
      return conclusion_of_answer(state, terms);
  }
  return stopping(state, "nobody knows what the model was asked for");
}

bool nobody_may_repeat(const ToolUse& use) {
  return use.was_interrupted && use.intent.effect == Effect::kIrreversible;
}

Event next_event(const State& state, const Terms& terms) {
  if (state.exhausted) {
    return stopping(state, fmt::format("the run's budget is used up: {}", *state.exhausted));
  }
  if (!state.was_warned) {
    if (const auto limit = nearly_used(state.start.budget, state.spent)) {
      return BudgetWarned{std::string(*limit)};
    }
  }
  if (state.model_call || state.tool_use) return conclusion(state, terms);
  if (!state.route) {
    return decide_route(state.start.task, {.mode = state.start.mode,
                                           .has_planner = !state.start.cast.planner.empty(),
                                           .has_tools = !terms.tools.facts().empty(),
                                           .has_plan = !state.start.plan.empty()});
  }
  if (state.route->direct) return intend(state, terms, Purpose::kDirect);
  return state.stage == PlanStage::kAccepted ? next_of_steps(state, terms)
                                             : next_of_plan(state, terms);
}

}  // namespace

Action next(const State& state, const Terms& terms) {
  if (state.end) return Rest{};
  if (state.is_cancelling) {
    return Tell{ending(state, RunEnded::How::kCancelled, "it was called off")};
  }
  if (state.approval || state.is_paused) return Await{};
  if (state.has_open_call()) {
    if (state.tool_use && nobody_may_repeat(*state.tool_use)) {
      return Tell{ToolUnknown{state.tool_use->intent.call}};
    }
    return Perform{};
  }
  return Tell{next_event(state, terms)};
}

bool may_ask_again(const State& state) {
  if (state.failures_in_row >= kFailuresMost) return false;
  switch (state.model_call->failed->code) {
    case base::Code::kUnavailable:
    case base::Code::kEngineCrashed:
    case base::Code::kDeadlineExceeded:
    case base::Code::kResourceExhausted:
    case base::Code::kOutOfMemory:
    case base::Code::kUpstream:
      return true;
    default:
      return false;
  }
}

Event intend(const State& state, const Terms& terms, Purpose purpose, std::string_view step) {
  const std::uint32_t tokens_max = length_of(state, terms.lengths, purpose, step);
  const std::uint32_t reserved = tokens_max + prompt_tokens(state, purpose);
  if (const auto limit = broken_by_model_call(state.start.budget, state.spent, reserved)) {
    return BudgetExhausted{std::string(*limit)};
  }
  const StepRecord* record = state.find_record(step);
  CallIntended intent;
  intent.call = state.calls + 1;
  intent.purpose = purpose;
  intent.step = std::string(step);
  intent.attempt = record == nullptr ? 1 : std::max(record->attempt, 1U);
  intent.model = model_of(state.start.cast, role_of(purpose));
  intent.seed = intent.call;  // the same run is done the same way again
  intent.tokens_max = tokens_max;
  return intent;
}

}  // namespace hearth::flow
