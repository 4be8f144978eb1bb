// The end of a run: an answer made of results, and what there is when nothing more can be done.
#include <algorithm>

#include "flow/plan/critique.h"
#include "flow/run/next.h"

namespace hearth::flow {

namespace {

using Status = StepRecord::Status;

std::vector<const Step*> final_steps(const Plan& plan) {
  std::vector<const Step*> steps;
  for (const std::string& id : plan.final_from)
    if (const Step* step = plan.find_step(id)) steps.push_back(step);
  if (steps.empty() && !plan.steps.empty()) steps.push_back(&plan.steps.back());
  return steps;
}

// A step that changed something has done so; what its tool printed says little to people.
bool is_deed(const State& state, const Step& step) {
  const StepRecord* record = state.find_record(step.id);
  return record != nullptr && record->is_deed;
}

std::string words_of(const State& state, const Step& step) {
  const std::string* output = state.result(step.id);
  if (output == nullptr) return "";
  if (!is_deed(state, step)) return *output;
  const std::string criterion =
      state.plan->success_criteria.empty() ? "" : " " + state.plan->success_criteria.front();
  return fmt::format("Done: {}.{}", step.title, criterion);
}

bool is_anything_skipped(const State& state) {
  return std::any_of(state.steps.begin(), state.steps.end(),
                     [](const auto& named) { return named.second.status == Status::kSkipped; });
}

std::string answer_of(const State& state) {
  if (!state.answer.empty() || !state.plan) return state.answer;
  std::string answer;
  for (const Step* step : final_steps(*state.plan)) {
    const std::string words = words_of(state, *step);
    if (!words.empty()) answer += (answer.empty() ? "" : "\n\n") + words;
  }
  return answer;
}

// The last result that says something.
std::string best_so_far(const State& state) {
  if (!state.answer.empty()) return state.answer;
  std::string best;
  if (!state.plan) return best;
  for (const Step& step : state.plan->steps) {
    const std::string words = words_of(state, step);
    if (!words.empty()) best = words;
  }
  return best;
}

// One result is the answer as it is. Several are put together by the executor.
bool has_to_be_joined(const State& state) {
  const std::vector<const Step*> steps = final_steps(*state.plan);
  const auto speaks = [&](const Step* step) {
    return state.result(step->id) != nullptr && !is_deed(state, *step);
  };
  return state.answer.empty() && std::count_if(steps.begin(), steps.end(), speaks) > 1;
}

RunEnded ended(const State& state) {
  if (!is_anything_skipped(state)) return ending(state, RunEnded::How::kCompleted, "");
  return ending(state, RunEnded::How::kPartial, "some steps were skipped");
}

}  // namespace

Event next_of_answer(const State& state, const Terms& terms) {
  if (has_to_be_joined(state)) return intend(state, terms, Purpose::kAnswer);
  if (state.start.mode == Mode::kStrict && !state.start.cast.critic.empty()) {
    return intend(state, terms, Purpose::kJudgeStep);
  }
  return ended(state);
}

Event conclusion_of_answer(const State& state, const Terms& terms) {
  const ModelCall& call = *state.model_call;
  if (call.failed) {
    return stopping(state, "the answer could not be written: " + call.failed->message);
  }
  if (call.completed->cut) {
    return ending(state, RunEnded::How::kPartial,
                  fmt::format("the answer was cut off at {} tokens", call.intent.tokens_max));
  }
  if (call.intent.purpose == Purpose::kDirect) return ended(state);
  return next_of_answer(state, terms);
}

RunEnded ending(const State& state, RunEnded::How how, std::string message) {
  RunEnded end;
  end.how = how;
  const bool whole = how == RunEnded::How::kCompleted || how == RunEnded::How::kPartial;
  end.answer = whole ? answer_of(state) : best_so_far(state);
  end.message = std::move(message);
  end.warnings = state.warnings;
  if (!state.model_call || !state.model_call->completed) return end;
  const auto critique = read_critique(state.model_call->completed->text);
  if (state.model_call->intent.purpose != Purpose::kJudgeStep || !critique) return end;
  for (const Issue& issue : critique->issues)
    end.warnings.push_back("the critic of the answer: " + issue_words(issue));
  return end;
}

RunEnded stopping(const State& state, std::string message) {
  RunEnded end = ending(state, RunEnded::How::kFailed, std::move(message));
  if (!end.answer.empty()) end.how = RunEnded::How::kPartial;
  return end;
}

}  // namespace hearth::flow
