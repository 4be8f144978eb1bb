#include "agent/acting_stream.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/offer.h"

namespace hearth::agent {

namespace {

constexpr std::string_view kSpace = "\n\n";  // between the texts of two rounds

void add(chat::Usage& all, const chat::Usage& one) {
  all.prompt_tokens += one.prompt_tokens;
  all.cached_tokens += one.cached_tokens;
  all.completion_tokens += one.completion_tokens;
  all.queue_ms += one.queue_ms;
  all.prefill_ms += one.prefill_ms;
  all.decode_ms += one.decode_ms;
  all.shifted_tokens += one.shifted_tokens;
  all.thinking_tokens += one.thinking_tokens;
  all.forced_tokens += one.forced_tokens;
}

}  // namespace

ActingStream::ActingStream(chat::Request request, OpenTools tools, const Limits& limits,
                           Hands hands)
    : request_(std::move(request)),
      tools_(std::move(tools)),
      hands_(std::move(hands)),
      deadline_ms_(request_.deadline_ms),
      turn_(limits, tools_.check) {
  check_names();
}

ActingStream::~ActingStream() {
  if (call_off_) call_off_();
}

void ActingStream::check_names() {
  for (chat::Tool& tool : chat_tools(tools_.specs)) {
    const auto is_it = [&](const chat::Tool& other) { return other.name == tool.name; };
    if (std::ranges::any_of(request_.tools, is_it)) {
      ready_.emplace_back(chat::Failed{make_error(
          Code::kInvalidArgument,
          fmt::format("hearth.tools: '{}' is a tool of the request, too; leave one of them out",
                      tool.name),
          "hearth.tools")});
      return;
    }
    own_names_.insert(tool.name);
    request_.tools.push_back(std::move(tool));
  }
}

void ActingStream::next(Handler handler) {
  handler_ = std::move(handler);
  if (ready_.empty()) {
    go_on();
    return;
  }
  hands_.post([this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) deliver();
  });
}

void ActingStream::deliver() {
  chat::Event event = std::move(ready_.front());
  ready_.pop_front();
  const Handler handler = std::exchange(handler_, nullptr);
  handler(std::move(event));
}

void ActingStream::settle() {
  if (!handler_) return;
  ready_.empty() ? go_on() : deliver();
}

void ActingStream::go_on() {
  switch (task_) {
    case Task::kAsk:
      ask();
      break;
    case Task::kRun:
      run_step();
      break;
    case Task::kListen:
      model_->next([this](chat::Event event) { hear(std::move(event)); });
      break;
  }
}

void ActingStream::ask() {
  said_ = {};
  said_.role = chat::Role::kAssistant;
  own_calls_ = {};
  places_.clear();
  ++answers_;
  // What a client must have called is called by then.
  if (answers_ > 1) request_.tool_choice = {};
  if (!turn_.may_call()) request_.tool_choice = {chat::ToolChoice::Kind::kNone};
  task_ = Task::kListen;
  model_ = hands_.ask(request_);
  go_on();
}

void ActingStream::hear(chat::Event event) {
  if (const auto* started = std::get_if<chat::Started>(&event)) {
    hear_start(*started);
  } else if (auto* text = std::get_if<chat::TextDelta>(&event)) {
    hear_text(std::move(*text));
  } else if (auto* call = std::get_if<chat::ToolCallDelta>(&event)) {
    hear_call(std::move(*call));
  } else if (const auto* usage = std::get_if<chat::Usage>(&event)) {
    add(usage_, *usage);
  } else if (auto* finished = std::get_if<chat::Finished>(&event)) {
    hear_end(std::move(*finished));
  } else {
    if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event))
      said_.thinking += thought->text;
    if (auto* failed = std::get_if<chat::Failed>(&event)) explain(failed->error);
    ready_.push_back(std::move(event));
  }
  settle();
}

void ActingStream::explain(Error& error) const {
  if (answers_ > 1 && error.code == Code::kContextOverflow)
    error.message = "with what tools have said: " + error.message;
}

void ActingStream::hear_start(const chat::Started& started) {
  if (answers_ == 1) {
    request_.sampling.seed = started.seed;
    ready_.emplace_back(started);
    return;
  }
  if (started.dropped_tokens == 0 && started.dropped_messages == 0) return;
  ready_.emplace_back(chat::Warning{
      "with what tools have said, the conversation was too long for the context; its oldest part "
      "was left out"});
}

void ActingStream::hear_text(chat::TextDelta delta) {
  if (delta.text.empty()) return;
  said_.content += delta.text;
  const bool is_free = request_.constraint.kind == chat::Constraint::Kind::kNone;
  if (std::exchange(needs_space_, false) && is_free) delta.text.insert(0, kSpace);
  ready_.emplace_back(std::move(delta));
}

void ActingStream::hear_call(chat::ToolCallDelta delta) {
  const auto [found, begins] = places_.try_emplace(delta.index);
  if (begins && !own_names_.contains(delta.name)) found->second = client_calls_++;
  if (!found->second) {
    own_calls_.add(delta);
    return;
  }
  delta.index = *found->second;
  ready_.emplace_back(std::move(delta));
}

// An answer is whole only where it says that it calls; see chat::Finished.
void ActingStream::hear_end(chat::Finished finished) {
  const bool calls = finished.reason == chat::Finished::Reason::kToolCalls;
  if (!calls || client_calls_ > 0 || own_calls_.empty() || !turn_.may_call()) {
    close_answer(finished);
    return;
  }
  needs_space_ = needs_space_ || !said_.content.empty();
  said_.tool_calls = own_calls_.calls();
  turn_.begin_round(std::move(said_));
  take_step();
}

void ActingStream::close_answer(const chat::Finished& finished) {
  tell_unmade(finished);
  chat::Finished end = finished;
  if (end.reason == chat::Finished::Reason::kToolCalls && client_calls_ == 0)
    end.reason = chat::Finished::Reason::kStop;
  if (!turn_.note().empty()) ready_.emplace_back(chat::Warning{turn_.note()});
  ready_.emplace_back(usage_);
  ready_.emplace_back(std::move(end));
}

void ActingStream::tell_unmade(const chat::Finished& finished) {
  const char* why = "it was not made, because the answer broke off";
  if (finished.reason == chat::Finished::Reason::kToolCalls)
    why = "it was not made, because the answer calls a tool of the request's own";
  if (!turn_.may_call()) why = "it was not made, because no more tools are run";
  for (const chat::ToolCall& call : own_calls_.calls())
    hands_.tell(ended(turn_.round() + 1, call, tool::refused(why)));
}

// The next call that is to be made; those that are not are over at once.
void ActingStream::take_step() {
  ready_.emplace_back(chat::Progress{chat::Progress::Phase::kQueue});
  while (auto step = turn_.next()) {
    if (!step->refusal) {
      hands_.tell(begun(turn_.round(), step->call));
      step_ = std::move(step->call);
      task_ = Task::kRun;
      return;
    }
    hands_.tell(ended(turn_.round(), step->call, *step->refusal));
    turn_.done(*step->refusal);
  }
  std::ranges::move(turn_.end_round(), std::back_inserter(request_.messages));
  task_ = Task::kAsk;
  if (deadline_ms_ == 0) return;
  const auto spent_ms = base::to_ms(base::system_clock().now() - begin_);
  if (spent_ms < deadline_ms_) {
    request_.deadline_ms = deadline_ms_ - static_cast<std::uint32_t>(spent_ms);
    return;
  }
  ready_.emplace_back(chat::Failed{make_error(
      Code::kDeadlineExceeded,
      fmt::format("not done within the deadline of {} ms; tools have run meanwhile", deadline_ms_),
      {})});
}

void ActingStream::run_step() {
  tool::Call call{step_->name, step_->arguments, request_.id + "/" + step_->id};
  call_off_ = tools_.run(std::move(call), [this](const tool::Outcome& outcome) {
    call_off_ = nullptr;
    end_step(outcome);
    settle();
  });
}

void ActingStream::end_step(const tool::Outcome& outcome) {
  hands_.tell(ended(turn_.round(), *step_, outcome));
  turn_.done(outcome);
  take_step();
}

}  // namespace hearth::agent
