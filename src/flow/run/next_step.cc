// Steps: bound, allowed, done, looked at.
#include <algorithm>

#include "base/utf8.h"
#include "flow/plan/gate.h"
#include "flow/plan/reference.h"
#include "flow/run/next.h"

namespace hearth::flow {

namespace {

constexpr std::uint32_t kSameUsesMost = 2;  // the third would be the sign of a loop
constexpr std::size_t kShownBytes = 400;

using Status = StepRecord::Status;

std::string shown(std::string_view text) {
  if (text.size() <= kShownBytes) return std::string(text);
  return fmt::format("{} …", base::repair_utf8(text.substr(0, kShownBytes)));
}

Event step_failed(const State& state, const Step& step, Fault fault, std::string message) {
  StepFailed failed;
  failed.step = step.id;
  failed.attempt = state.find_record(step.id)->attempt;
  failed.fault = fault;
  failed.message = shown(message);
  return failed;
}

Event step_retried(const State& state, const Step& step, Fault fault, std::string message) {
  Event event = step_failed(state, step, fault, std::move(message));
  StepFailed& failed = std::get<StepFailed>(event);
  failed.retried = failed.attempt < step.attempts_max;
  return event;
}

ApprovalRequested request(const State& state, ApprovalRequested::About about, const Step& step,
                          std::string text) {
  ApprovalRequested asked;
  asked.approval = state.approvals + 1;
  asked.about = about;
  asked.step = step.id;
  asked.text = std::move(text);
  return asked;
}

// Why somebody has to agree to this call beyond what its tool's rules say; empty: nobody has.
std::string doubt(const State& state, const ToolFacts& tool, const ToolCall& call) {
  if (tool.effect != Effect::kIrreversible) return "";
  if (state.done_for_good.contains(use_key(call))) return "it was done once already in this run";
  if (state.has_seen_foreign_text && !state.tools_of_first_plan.contains(tool.name)) {
    return "the plan came to want it after texts from outside were read";
  }
  return "";
}

Event next_of_allowed(const State& state, const Step& step, const ToolFacts& tool, ToolCall call) {
  const auto used = state.uses.find(use_key(call));
  if (used != state.uses.end() && used->second >= kSameUsesMost) {
    return step_failed(state, step, Fault::kTool,
                       fmt::format("{} was called with the same arguments {} times already",
                                   call.name, used->second));
  }
  if (const auto limit = broken_by_tool_call(state.start.budget, state.spent)) {
    return BudgetExhausted{std::string(*limit)};
  }
  ToolIntended intent;
  intent.call = state.calls + 1;
  intent.step = step.id;
  intent.attempt = state.find_record(step.id)->attempt;
  intent.tool = std::move(call);
  intent.tool.key = fmt::format("{}-{}", step.id, intent.call);
  intent.effect = tool.effect;
  return intent;
}

Event next_of_tool(const State& state, const Terms& terms, const Step& step) {
  const auto results = [&](std::string_view id) { return state.result(id); };
  const auto args = bind_json(step.args, results);
  if (!args) return step_failed(state, step, Fault::kSchema, args.error().message);
  const std::vector<ToolFacts> facts = terms.tools.facts();
  const ToolFacts* tool = find_tool(facts, step.tool);
  if (tool == nullptr) {
    return step_failed(state, step, Fault::kTool, fmt::format("there is no tool {}", step.tool));
  }
  ToolCall call{step.tool, *args};
  const std::vector<ArgProblem> problems = terms.tools.check(call);
  if (!problems.empty()) return step_failed(state, step, Fault::kSchema, problems.front().words);
  const StepRecord& record = *state.find_record(step.id);
  const Permission permission = terms.tools.permission(call);
  const std::string doubted = doubt(state, *tool, call);
  const bool asks = permission.rule == Permission::Rule::kAsk || !doubted.empty();
  if (permission.rule == Permission::Rule::kDeny ||
      (asks && !record.has_consent && state.start.approve == Approve::kDeny)) {
    return step_failed(state, step, Fault::kPolicy,
                       fmt::format("{} is not allowed: {}", step.tool,
                                   permission.reason.empty() ? doubted : permission.reason));
  }
  if (asks && !record.has_consent) {
    const std::string& reason = doubted.empty() ? permission.reason : doubted;
    ApprovalRequested asked =
        request(state, ApprovalRequested::About::kTool, step,
                fmt::format("{}: may {} be called? ({})", step.title, step.tool, reason));
    asked.tool = std::move(call);
    return asked;
  }
  return next_of_allowed(state, step, *tool, std::move(call));
}

Event next_of_running(const State& state, const Terms& terms, const Step& step) {
  const StepRecord& record = *state.find_record(step.id);
  if (record.is_doubtful) {
    return request(state, ApprovalRequested::About::kUnknownEffect, step,
                   fmt::format("{}: {} was interrupted, and may have happened or not. Do it again?",
                               step.title, step.tool));
  }
  switch (step.kind) {
    case Step::Kind::kModel:
      return intend(state, terms, Purpose::kStep, step.id);
    case Step::Kind::kTool:
      return next_of_tool(state, terms, step);
    case Step::Kind::kAskUser:
      break;
  }
  if (record.has_consent) return StepCompleted{step.id, record.attempt, record.output};
  const auto results = [&](std::string_view id) { return state.result(id); };
  const auto question = bind_text(step.instruction, results);
  if (!question) return step_failed(state, step, Fault::kSchema, question.error().message);
  return request(state, ApprovalRequested::About::kQuestion, step, *question);
}

Event next_of_failed(const State& state, const Step& step) {
  const StepRecord& record = *state.find_record(step.id);
  const std::string reason =
      fmt::format("step {} ({}) failed: {}", step.id, step.title, record.problem);
  if (record.was_refused || step.on_fail == Step::OnFail::kAbort) return stopping(state, reason);
  if (step.on_fail == Step::OnFail::kSkip) return StepSkipped{step.id, record.problem};
  const bool may_replan =
      !state.start.cast.planner.empty() && state.spent.replans < state.start.budget.replans;
  if (may_replan) return ReplanBegun{step.id, reason};
  return stopping(state, reason);
}

std::optional<Event> next_of_waiting(const State& state, const Step& step) {
  for (const std::string& need : needs_of(step)) {
    const StepRecord* other = state.find_record(need);
    const Status status = other == nullptr ? Status::kSkipped : other->status;
    if (status == Status::kSkipped) return StepSkipped{step.id, "it needs step " + need};
    if (status != Status::kDone) return std::nullopt;
  }
  return StepStarted{step.id, state.find_record(step.id)->attempt + 1};
}

// The rules' judgement of an output, and whether a critic has to be asked too.
Event judged(const State& state, const Terms& terms, const Step& step, const StepEnd& end) {
  const std::vector<CheckResult> checks = check_step(step, end);
  const auto failed = std::find_if(checks.begin(), checks.end(),
                                   [](const CheckResult& check) { return !check.passed; });
  if (failed != checks.end()) {
    return step_retried(state, step, Fault::kCheck,
                        fmt::format("{}: {}", check_name(failed->kind), failed->detail));
  }
  const bool wants_critic =
      std::any_of(step.checks.begin(), step.checks.end(),
                  [](const Check& check) { return check.kind == Check::Kind::kCritic; });
  if (wants_critic && !state.start.cast.critic.empty()) {
    return intend(state, terms, Purpose::kJudgeStep, step.id);
  }
  return StepCompleted{step.id, state.find_record(step.id)->attempt, std::string(end.output),
                       checks};
}

Fault fault_of(base::Code code) {
  switch (code) {
    case base::Code::kContextOverflow:
      return Fault::kContext;
    case base::Code::kDeadlineExceeded:
      return Fault::kTimeout;
    case base::Code::kOutOfMemory:
      return Fault::kMemory;
    case base::Code::kCancelled:
      return Fault::kCancelled;
    default:
      return Fault::kProvider;
  }
}

std::vector<std::string> missing_files(const Step& step, const Tools& tools) {
  std::vector<std::string> missing;
  for (const Check& check : step.checks) {
    const bool asked = check.kind == Check::Kind::kFileExists;
    if (asked && !tools.has_file(check.value)) missing.push_back(check.value);
  }
  return missing;
}

}  // namespace

Event next_of_steps(const State& state, const Terms& terms) {
  const auto first = [&](Status status) {
    return std::find_if(state.plan->steps.begin(), state.plan->steps.end(), [&](const Step& step) {
      return state.find_record(step.id)->status == status;
    });
  };
  const auto end = state.plan->steps.end();
  if (const auto step = first(Status::kFailed); step != end) return next_of_failed(state, *step);
  if (const auto step = first(Status::kRunning); step != end)
    return next_of_running(state, terms, *step);
  bool is_anybody_waiting = false;
  for (const Step& step : state.plan->steps) {
    if (state.find_record(step.id)->status != Status::kWaiting) continue;
    is_anybody_waiting = true;
    if (auto event = next_of_waiting(state, step)) return *std::move(event);
  }
  if (is_anybody_waiting) return stopping(state, "the steps wait for each other");
  return next_of_answer(state, terms);
}

Event conclusion_of_step(const State& state, const Terms& terms) {
  const ModelCall& call = *state.model_call;
  const Step& step = *state.plan->find_step(call.intent.step);
  if (call.failed) {
    return step_failed(state, step, fault_of(call.failed->code), call.failed->message);
  }
  if (call.completed->cut) {
    return step_failed(state, step, Fault::kTruncated,
                       fmt::format("the answer was cut off at {} tokens", call.intent.tokens_max));
  }
  return judged(state, terms, step, {call.completed->text, 0, missing_files(step, terms.tools)});
}

Event conclusion_of_tool(const State& state, const Terms& terms) {
  const ToolUse& use = *state.tool_use;
  const ToolOutcome& outcome = use.completed->outcome;
  const Step& step = *state.plan->find_step(use.intent.step);
  switch (outcome.status) {
    case ToolOutcome::Status::kOk:
      return judged(state, terms, step,
                    {outcome.output, outcome.exit_code, missing_files(step, terms.tools)});
    case ToolOutcome::Status::kTimedOut:
      return step_failed(state, step, Fault::kTimeout, outcome.output);
    case ToolOutcome::Status::kCancelled:
      return step_failed(state, step, Fault::kCancelled, outcome.output);
    case ToolOutcome::Status::kRefused:
      return step_failed(state, step, Fault::kPolicy, outcome.output);
    case ToolOutcome::Status::kFailed:
      break;
  }
  if (outcome.is_retryable) return step_retried(state, step, Fault::kTool, outcome.output);
  return step_failed(state, step, Fault::kTool, outcome.output);
}

// The rules are content: a critic may ask for one more attempt, and after that only warn.
Event conclusion_of_judge(const State& state) {
  const ModelCall& call = *state.model_call;
  if (call.intent.step.empty()) return ending(state, RunEnded::How::kCompleted, "");
  const Step& step = *state.plan->find_step(call.intent.step);
  const StepRecord& record = *state.find_record(step.id);
  StepCompleted completed{step.id, record.attempt, record.output};
  if (!call.completed) return completed;
  const auto critique = read_critique(call.completed->text);
  if (!critique || critique->verdict == Verdict::kAccept || critique->issues.empty()) {
    return completed;
  }
  const std::string words = issue_words(critique->issues.front());
  if (record.attempt == 1 && step.attempts_max > 1) {
    return step_retried(state, step, Fault::kCheck, "the critic: " + words);
  }
  completed.warnings.push_back(fmt::format("the critic of step {}: {}", step.id, words));
  return completed;
}

}  // namespace hearth::flow
