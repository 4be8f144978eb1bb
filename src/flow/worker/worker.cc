#include "flow/worker/worker.h"

#include <algorithm>

#include "base/cancellable_sleep.h"
#include "base/log.h"
#include "flow/run/tool_inventory.h"
#include "flow/shortened.h"
#include "json/writer.h"

namespace hearth::flow {

namespace {

constexpr base::Duration kFirstPause = std::chrono::milliseconds(500);
constexpr std::uint32_t kPauseDoublingsMost = 4;
constexpr std::int64_t kMsInSecond = 1000;

std::int64_t ms_between(base::TimePoint begin, base::TimePoint end) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(end - begin).count();
}

// For a call, of the run's time.
std::int64_t time_left_ms(const State& state) {
  const std::int64_t all_ms = std::int64_t{state.start.budget.wall_seconds} * kMsInSecond;
  return std::max<std::int64_t>(all_ms - state.spent.wall_ms, 1);
}

bool was_broken_off(const Event& event) {
  if (const auto* failed = std::get_if<CallFailed>(&event)) {
    return failed->code == base::Code::kCancelled;
  }
  const auto* completed = std::get_if<ToolCompleted>(&event);
  return completed != nullptr && completed->outcome.status == ToolOutcome::Status::kCancelled;
}

}  // namespace

Result<State> Worker::load(RunStore& store, std::string_view run) {
  State state;
  for (const KeptEvent& kept : HEARTH_TRY(store.events(run, 0)))
    fold(state, HEARTH_TRY(read_event(kept.name, kept.json)));
  return state;
}

Result<void> Worker::add(Event event) {
  fold(state_, event);
  const KeptEvent kept{state_.events, parts_.clock.wall_ms(), std::string(event_name(event)),
                       event_json(event)};
  HEARTH_TRY(keep(kept));
  if (parts_.tell) parts_.tell({kept.number, kept.at_ms, kept.name, kept.json});
  return {};
}

// What was just done would have to be done again, or asked about, if its end were lost: it is worth
// waiting for.
Result<void> Worker::keep(const KeptEvent& event) {
  for (int tries = 1;; ++tries) {
    auto kept = parts_.store.add(run_, parts_.holder, event, status_of(state_));
    const bool is_locked = !kept && kept.error().code == Code::kDeadlineExceeded;
    if (!is_locked || tries == kKeepTriesMost) return kept;
    log::warning("the database is locked, and a task waits for it", {{"task", run_}});
  }
}

Result<void> Worker::resume() {
  if (state_.end || state_.is_cancelling || state_.is_paused) return {};
  RunResumed resumed;
  const std::string tools = inventory_of(parts_.tools);
  if (!state_.tools.empty() && state_.tools != tools) {
    if (!state_.is_forced) {
      return add(RunPaused{"the tools have changed since it was begun: " +
                           inventory_change(state_.tools, tools)});
    }
    resumed.tools = tools;
  }
  // Of a run that has only begun, nothing is resumed.
  if (!state_.has_open_call() && resumed.tools.empty()) return {};
  return add(std::move(resumed));
}

Result<void> Worker::work(const Stop& stop) {
  state_ = HEARTH_TRY(load(parts_.store, run_));
  HEARTH_TRY(resume());
  while (!state_.end) {
    if (stop.now.cancelled()) {
      if (!stop.is_called_off()) return {};
      if (!state_.is_cancelling) HEARTH_TRY(add(CancelAsked{}));
    }
    const Action action = next(state_, Terms{parts_.tools});
    if (const Tell* told = std::get_if<Tell>(&action)) {
      HEARTH_TRY(add(told->event));
    } else if (std::holds_alternative<Perform>(action)) {
      HEARTH_TRY(perform(stop));
    } else {
      return {};
    }
  }
  return {};
}

Result<void> Worker::perform(const Stop& stop) {
  const bool is_tool = state_.tool_use && !state_.tool_use->completed;
  Event event = is_tool ? use_tool(stop.now) : ask_model(stop.now);
  // What was broken off because the daemon leaves is done when it is back.
  const bool leaves = stop.now.cancelled() && !stop.is_called_off();
  if (leaves && was_broken_off(event)) return {};
  return add(std::move(event));
}

Event Worker::use_tool(const base::CancelToken& stop) {
  const ToolIntended intent = state_.tool_use->intent;
  const base::TimePoint begin = parts_.clock.now();
  ToolOutcome outcome = parts_.tools.run(intent.tool, stop);
  outcome.output = shortened(outcome.output, kResultBytesMost);
  return ToolCompleted{intent.call, std::move(outcome), ms_between(begin, parts_.clock.now())};
}

// Who could not answer is given time, longer each time.
void Worker::wait_before_another_try(const base::CancelToken& stop) const {
  if (state_.failures_in_row == 0) return;
  const std::uint32_t doublings = std::min(state_.failures_in_row - 1, kPauseDoublingsMost);
  base::sleep_until(parts_.clock.now() + kFirstPause * (1U << doublings), stop);
}

Event Worker::ask_model(const base::CancelToken& stop) {
  const CallIntended intent = state_.model_call->intent;
  wait_before_another_try(stop);
  Question question;
  question.model = intent.model;
  question.role = role_of(intent.purpose);
  question.prompt = prompt_of(state_, parts_.tools, parts_.models.prompts(intent.model));
  question.seed = intent.seed;
  question.tokens_max = intent.tokens_max;
  question.limit_ms = time_left_ms(state_);
  question.client = parts_.client;
  const base::TimePoint begin = parts_.clock.now();
  auto reply =
      parts_.models.ask(question, stop, [&](const Piece& piece) { tell_piece(intent, piece); });
  const std::int64_t took_ms = ms_between(begin, parts_.clock.now());
  if (!reply) {
    return CallFailed{intent.call, reply.error().code, reply.error().message, took_ms};
  }
  CallCompleted completed;
  completed.call = intent.call;
  completed.text = shortened(reply->text, kResultBytesMost);
  completed.cut = reply->cut;
  completed.prompt_tokens = reply->prompt_tokens;
  completed.cached_tokens = reply->cached_tokens;
  completed.completion_tokens = reply->completion_tokens;
  completed.took_ms = took_ms;
  completed.swap_ms = reply->swap_ms;
  return completed;
}

void Worker::tell_piece(const CallIntended& intent, const Piece& piece) {
  if (!parts_.tell) return;
  json::Writer json;
  json.open('{').key("call").number(intent.call);
  json.key("role").text(kRoles.word(role_of(intent.purpose)));
  if (!intent.step.empty()) json.key("step").text(intent.step);
  std::string_view name = "token.delta";
  if (piece.kind == Piece::Kind::kLoading) {
    name = "load.progress";
    json.key("model").text(intent.model);
    json.key("done").number(piece.done).key("total").number(piece.total);
  } else {
    if (piece.kind == Piece::Kind::kThinking) name = "reasoning.delta";
    json.key("text").text(piece.text);
  }
  parts_.tell({0, parts_.clock.wall_ms(), name, json.close('}').take()});
}

}  // namespace hearth::flow
