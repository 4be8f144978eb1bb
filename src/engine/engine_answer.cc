// How an answer grows and how it ends.
#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/engine.h"
#include "engine/joined_events.h"

namespace hearth::engine {

namespace {

constexpr const char* kNotToBeMade =
    "a call in this answer is not whole, or was not held to the schema of its tool, and should not "
    "be made";

chat::Warning closed_early(const Sequence& sequence) {
  const bool context = sequence.answer_max < sequence.asked.max_tokens;
  return {"the answer was closed early, because " +
          std::string(context ? "the context" : "max_tokens") +
          " allowed no more; values at its end may be made up"};
}

}  // namespace

void Engine::take(Sequence& sequence, Choice choice) {
  if (!sequence.answering) sequence.answering = base::system_clock().now();
  sequence.forced_tokens += choice.certain;
  for (const Token token : choice.tokens) {
    accept_token(sequence, token, std::exchange(choice.logprob, std::nullopt));
    if (sequence.ended) return;
  }
  send(sequence);
  end_or_go_on(sequence);
}

void Engine::accept_token(Sequence& sequence, Token token,
                          std::optional<chat::TokenLogprob> logprob) {
  const auto now = base::system_clock().now();
  if (sequence.last_token) recorder_.token_after(base::to_ms(now - *sequence.last_token));
  sequence.last_token = now;
  sequence.tokens.push_back(token);
  ++sequence.unsaid_tokens;
  if (model_->ends_answer(token)) {
    finish(sequence, chat::Finished::Reason::kStop);
    return;
  }
  const auto piece = text_of(*model_, sequence.said, token);
  if (!piece) return end_with(sequence, piece.error());
  if (logprob && !piece->empty()) {
    sequence.unsaid_logprobs.add(sequence.text.taken_in(), std::move(*logprob));
  }
  if (sequence.reader && sequence.reader->thinks()) ++sequence.thinking_tokens;
  // The mark of a family's end is text where something else decides what the answer is.
  const bool held = sequence.guide && sequence.guide->holds();
  sequence.text.take_marks_for(held ? TextAssembler::Marks::kText : TextAssembler::Marks::kEnd);
  say_text(sequence, sequence.text.add(*piece));
  const bool over = sequence.reader && sequence.reader->over();
  if (over || sequence.stopped()) finish(sequence, chat::Finished::Reason::kStop);
}

void Engine::end_or_go_on(Sequence& sequence) {
  if (sequence.guide && sequence.guide->ended()) {
    finish(sequence, chat::Finished::Reason::kStop);
  } else if (sequence.tokens_left() == 0) {
    finish(sequence, chat::Finished::Reason::kLength);
  } else if (sequence.tokens.size() >= options_.context) {
    shift(sequence);
  }
}

void Engine::report_prefill(Sequence& sequence) {
  if (sequence.answering) return;  // it was preempted and is computed again
  say(sequence,
      chat::Progress{chat::Progress::Phase::kPrefill, static_cast<std::uint32_t>(sequence.computed),
                     static_cast<std::uint32_t>(sequence.prompt_size)});
}

void Engine::say_text(Sequence& sequence, std::string text) {
  auto logprobs = sequence.unsaid_logprobs.take_before(sequence.text.given_out());
  if (text.empty() && logprobs.empty()) return;
  if (!sequence.reader) {
    say(sequence, chat::TextDelta{std::move(text), std::exchange(sequence.unsaid_tokens, 0),
                                  std::move(logprobs)});
    return;
  }
  auto& unread = sequence.unread_logprobs;
  unread.insert(unread.end(), std::make_move_iterator(logprobs.begin()),
                std::make_move_iterator(logprobs.end()));
  say_read(sequence, sequence.reader->add(text));
}

// What is not text has no logprobs: they are the text's.
void Engine::say_read(Sequence& sequence, std::vector<chat::Event> events) {
  for (chat::Event& event : events) {
    if (auto* text = std::get_if<chat::TextDelta>(&event)) {
      say_content(sequence, std::move(*text));
      continue;
    }
    if (auto* thinking = std::get_if<chat::ThinkingDelta>(&event)) {
      thinking->tokens = std::exchange(sequence.unsaid_tokens, 0);
      sequence.unread_logprobs.clear();
    } else if (auto* call = std::get_if<chat::ToolCallDelta>(&event)) {
      call->tokens = std::exchange(sequence.unsaid_tokens, 0);
      sequence.unread_logprobs.clear();
    }
    say(sequence, std::move(event));
  }
}

// A reader does not tell which tokens its text is of: the last of them ends where the text does.
void Engine::say_content(Sequence& sequence, chat::TextDelta text) {
  TextAssembler& content = sequence.content;
  auto logprobs = std::exchange(sequence.unread_logprobs, {});
  std::vector<std::size_t> begins(logprobs.size());
  std::size_t begin = text.text.size();
  for (std::size_t i = logprobs.size(); i-- > 0;) {
    begin -= std::min(begin, logprobs[i].chosen.bytes.size());
    begins[i] = content.taken_in() + begin;
  }
  for (std::size_t i = 0; i < logprobs.size(); ++i)
    sequence.content_logprobs.add(begins[i], std::move(logprobs[i]));
  text.text = content.add(text.text);
  text.logprobs = sequence.content_logprobs.take_before(content.given_out());
  if (text.text.empty() && text.logprobs.empty()) return;
  text.tokens = std::exchange(sequence.unsaid_tokens, 0);
  say(sequence, std::move(text));
}

// What was held back. What looked like the beginning of a stop is text.
void Engine::say_rest(Sequence& sequence, dialogue::Rest rest) {
  say_read(sequence, sequence.reader->finish(rest));
  std::string text = sequence.content.finish();
  auto logprobs = sequence.content_logprobs.take_before(sequence.content.given_out());
  if (!text.empty()) {
    say(sequence, chat::TextDelta{std::move(text), std::exchange(sequence.unsaid_tokens, 0),
                                  std::move(logprobs)});
  }
  if (rest != dialogue::Rest::kMarks) say_unread_logprobs(sequence);
}

// Of tokens at the end of a text that have none: they are a part of a character.
void Engine::say_unread_logprobs(Sequence& sequence) {
  if (sequence.unread_logprobs.empty()) return;
  if (sequence.reader->thinks() || sequence.reader->called()) return;
  say(sequence, chat::TextDelta{{},
                                std::exchange(sequence.unsaid_tokens, 0),
                                std::exchange(sequence.unread_logprobs, {})});
}

// Pieces of an answer wait for those that the same step brings; what else is said goes behind them.
void Engine::say(Sequence& sequence, chat::Event event) {
  if (sequence.unsent && join(*sequence.unsent, event)) return;
  send(sequence);
  sequence.unsent = std::move(event);
  if (!is_piece(*sequence.unsent)) send(sequence);
}

void Engine::send(Sequence& sequence) {
  if (!sequence.unsent) return;
  // While its reader is behind, nobody waits for the next token.
  if (--sequence.credit <= 0) sequence.last_token.reset();
  sink_(sequence.request, wire::Said{*std::exchange(sequence.unsent, std::nullopt)});
}

void Engine::finish(Sequence& sequence, chat::Finished::Reason reason) {
  const auto now = base::system_clock().now();
  say_text(sequence, sequence.text.finish());
  if (sequence.reader) {
    const auto rest = sequence.guide ? sequence.guide->rest() : dialogue::Rest::kText;
    if (!sequence.content.stopped()) say_rest(sequence, rest);
    if (reason == chat::Finished::Reason::kStop) reason = find_calls(sequence);
  }
  if (sequence.guide && sequence.guide->closed_early()) {
    reason = warn_of_early_end(sequence, reason);
  }
  chat::Usage usage;
  usage.prompt_tokens = static_cast<std::uint32_t>(sequence.prompt_size);
  usage.cached_tokens = static_cast<std::uint32_t>(sequence.cached);
  usage.shifted_tokens = static_cast<std::uint32_t>(sequence.shifted);
  usage.completion_tokens = static_cast<std::uint32_t>(sequence.generated());
  usage.thinking_tokens = sequence.thinking_tokens;
  usage.forced_tokens = sequence.forced_tokens;
  usage.queue_ms = base::to_ms(*sequence.admitted - sequence.arrived);
  usage.prefill_ms = base::to_ms(*sequence.answering - *sequence.admitted);
  usage.decode_ms = base::to_ms(now - *sequence.answering);
  {
    const base::Lock lock(mutex_);
    ++stats_.requests_finished;
    stats_.prompt_tokens += usage.prompt_tokens;
    stats_.cached_tokens += usage.cached_tokens;
    stats_.completion_tokens += usage.completion_tokens;
  }
  recorder_.answer(usage);
  leave(sequence);
  publish_load();  // whoever asks after the end sees it
  say(sequence, usage);
  say(sequence, chat::Finished{reason, sequence.stopped_by()});
  close_turn(sequence);
  give_back(sequence);
}

// Calls are to be made where each is whole and was held to its form.
chat::Finished::Reason Engine::find_calls(Sequence& sequence) {
  if (!sequence.reader->called()) return chat::Finished::Reason::kStop;
  const bool freely = sequence.guide && sequence.guide->calls_freely();
  if (!freely && sequence.reader->calls_whole()) return chat::Finished::Reason::kToolCalls;
  say(sequence, chat::Warning{kNotToBeMade});
  return chat::Finished::Reason::kStop;
}

// A document is valid all the same; but nobody is to make a call that was made up to come to an
// end.
chat::Finished::Reason Engine::warn_of_early_end(Sequence& sequence,
                                                 chat::Finished::Reason reason) {
  say(sequence, closed_early(sequence));
  const bool calls = reason == chat::Finished::Reason::kToolCalls;
  return calls ? chat::Finished::Reason::kLength : reason;
}

void Engine::end_with(Sequence& sequence, Error error) {
  {
    const base::Lock lock(mutex_);
    ++(error.code == Code::kCancelled ? stats_.requests_cancelled : stats_.requests_failed);
  }
  leave(sequence);
  give_back(sequence);
  publish_load();
  say(sequence, chat::Failed{std::move(error)});
}

// The loop drops the sequence when it next looks; its request's number is free.
void Engine::leave(Sequence& sequence) {
  sequence.ended = true;
  forget(sequence.request);
}

void Engine::give_back(Sequence& sequence) {
  if (sequence.slot == kNoSlot) return;
  park(sequence);
  pool_.clear(sequence.slot);
  free_slots_.push_back(std::exchange(sequence.slot, kNoSlot));
}

// At the end of the engine, when its threads are gone: nobody is left without an answer.
void Engine::end_everything() {
  for (Command& command : wait_for_commands(Work::kSome))
    handle(std::move(command));
  const Error unloaded = make_error(Code::kUnavailable, kUnloaded);
  for (const Embedding& embedding : embeddings_)
    refuse(embedding.request, unloaded);
  for (Sequence* sequence : unended()) {
    sequence->computed = 0;  // others wait for the end, which keeping it would delay
    end_with(*sequence, unloaded);
  }
}

}  // namespace hearth::engine
