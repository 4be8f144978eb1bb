// Plans: wanted, looked at by rule, then by the critic, accepted.
#include <algorithm>

#include "flow/plan/gate.h"
#include "flow/run/next.h"

namespace hearth::flow {

namespace {

constexpr std::uint32_t kRefusalsMost = 3;
constexpr std::uint32_t kCritiquesMost = 2;  // of one plan, that nobody could read

std::vector<std::string> words_of(const Critique& critique) {
  std::vector<std::string> words;
  for (const Issue& issue : critique.issues)
    words.push_back(issue_words(issue));
  return words;
}

bool changes_nothing(const Plan& plan, const Tools& tools) {
  const std::vector<ToolFacts> facts = tools.facts();
  return std::all_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
    const ToolFacts* tool = find_tool(facts, step.tool);
    return step.kind != Step::Kind::kTool || (tool != nullptr && tool->effect == Effect::kPure);
  });
}

bool is_called_unsafe(const Critique& critique, const Plan& plan) {
  return std::any_of(critique.issues.begin(), critique.issues.end(), [&](const Issue& issue) {
    return issue.category == Issue::Category::kUnsafe && is_grounded(issue, plan);
  });
}

std::string first_problem(const State& state) {
  return state.problems.empty() ? "" : ": " + state.problems.front();
}

Event stopping_for_lack_of_a_plan(const State& state) {
  return stopping(state, "the planner wrote no plan that could be used" + first_problem(state));
}

Event stopping_for_lack_of_a_planner(const State& state) {
  const std::string why = state.problems.empty() ? "" : ": " + state.problems.front();
  return stopping(state, "the plan cannot be used, and nobody plans anew" + why);
}

// Somebody's own, which is looked at like any other.
Event plan_of_start(const State& state) {
  auto plan = read_plan(state.start.plan);
  if (!plan) return PlanRejected{1, PlanRejected::By::kReader, {plan.error().message}};
  return PlanCreated{1, *std::move(plan)};
}

// The critic has said what he could and the plan is as it is. He is one opinion: what changes
// nothing goes on with a note; anything else is somebody's to decide.
Event without_his_consent(const State& state, const Terms& terms,
                          const std::optional<Critique>& critique) {
  const Plan& plan = *state.plan;
  std::vector<std::string> notes =
      critique ? words_of(*critique)
               : std::vector<std::string>{"nobody could read what the critic wrote"};
  for (std::string& note : notes)
    note.insert(0, "the critic: ");
  if (state.plan_consent) {
    if (state.plan_consent->granted) return PlanAccepted{state.revision, std::move(notes)};
    return ending(state, RunEnded::How::kFailed, "the plan was not agreed to");
  }
  const bool unsafe = critique && is_called_unsafe(*critique, plan);
  const bool agreed = state.start.approve == Approve::kAuto && !unsafe;
  if (agreed || changes_nothing(plan, terms.tools)) {
    return PlanAccepted{state.revision, std::move(notes)};
  }
  if (state.start.approve == Approve::kDeny) {
    return stopping(state,
                    "the critic rejects the plan, and it would change things: " + notes.front());
  }
  ApprovalRequested request;
  request.approval = state.approvals + 1;
  request.about = ApprovalRequested::About::kPlan;
  request.text = "The critic does not agree with the plan, which would change things. " +
                 notes.front() + ". Go on with it?";
  return request;
}

Event next_of_checked(const State& state, const Terms& terms) {
  if (state.start.cast.critic.empty()) return PlanAccepted{state.revision};
  if (state.has_repeated_plan) return without_his_consent(state, terms, state.earlier_critique);
  if (!state.critique) return intend(state, terms, Purpose::kCritique);
  const std::optional<Critique>& critique = state.critique->critique;
  if (!critique) return without_his_consent(state, terms, critique);
  if (state.critique->effective == Verdict::kAccept) {
    return PlanAccepted{state.revision, words_of(*critique)};
  }
  const bool stands_still =
      state.earlier_critique && has_not_shrunk(*state.earlier_critique, *critique);
  if (state.spent.revisions >= state.start.budget.revisions || stands_still) {
    return without_his_consent(state, terms, critique);
  }
  return PlanRejected{state.revision, PlanRejected::By::kCritic, words_of(*critique)};
}

}  // namespace

Event next_of_plan(const State& state, const Terms& terms) {
  const bool is_repeat = state.has_repeated_plan && state.rejected_by != PlanRejected::By::kCritic;
  switch (state.stage) {
    case PlanStage::kWanted:
      if (state.revision == 0 && state.refusals == 0 && !state.start.plan.empty()) {
        return plan_of_start(state);
      }
      if (state.start.cast.planner.empty()) return stopping_for_lack_of_a_planner(state);
      if (state.refusals >= kRefusalsMost) return stopping_for_lack_of_a_plan(state);
      return intend(state, terms, Purpose::kPlan);
    case PlanStage::kMade: {
      if (is_repeat) {
        return stopping(state,
                        "the planner wrote a plan that had failed before" + first_problem(state));
      }
      const Budget& budget = state.start.budget;
      const GateTerms gate{
          terms.tools, budget.steps,
          budget.model_calls - std::min(budget.model_calls, state.spent.model_calls),
          budget.tool_calls - std::min(budget.tool_calls, state.spent.tool_calls)};
      std::vector<std::string> problems = check_plan(*state.plan, gate);
      if (problems.empty()) return PlanChecked{state.revision};
      return PlanRejected{state.revision, PlanRejected::By::kGate, std::move(problems)};
    }
    case PlanStage::kChecked:
      return next_of_checked(state, terms);
    case PlanStage::kAccepted:
      break;
  }
  return next_of_steps(state, terms);
}

Event conclusion_of_plan(const State& state) {
  const ModelCall& call = *state.model_call;
  if (call.failed) {
    return stopping(state, "the planner could not be asked: " + call.failed->message);
  }
  const auto refused = [&](std::string problem) {
    return PlanRejected{state.revision + 1, PlanRejected::By::kReader, {std::move(problem)}};
  };
  if (call.completed->cut) {
    return refused(fmt::format("plan: it was cut off at {} tokens; write a shorter one",
                               call.intent.tokens_max));
  }
  auto plan = read_plan(call.completed->text);
  if (!plan) return refused(plan.error().message);
  return PlanCreated{state.revision + 1, *std::move(plan)};
}

Event conclusion_of_critique(const State& state, const Terms& terms) {
  const ModelCall& call = *state.model_call;
  if (call.completed && !call.completed->cut) {
    if (auto critique = read_critique(call.completed->text)) {
      const Verdict verdict = effective_verdict(*critique, *state.plan);
      return CritiqueCompleted{state.revision, *std::move(critique), verdict};
    }
  }
  if (call.completed && state.critique_calls < kCritiquesMost) {
    return intend(state, terms, Purpose::kCritique);
  }
  return CritiqueCompleted{state.revision, std::nullopt, Verdict::kAccept};
}

}  // namespace hearth::flow
