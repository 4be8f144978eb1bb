// How an answer grows and how it ends.
#include <utility>

#include "engine/engine.h"

namespace hearth::engine {

void Engine::accept_token(Sequence& sequence, Token token) {
  const auto now = base::system_clock().now();
  if (!sequence.answering) sequence.answering = now;
  if (sequence.last_token) recorder_.token_after(base::to_ms(now - *sequence.last_token));
  sequence.last_token = now;
  sequence.tokens.push_back(token);
  ++sequence.unsaid_tokens;
  if (model_->ends_answer(token)) {
    finish(sequence, chat::Finished::Reason::kStop);
    return;
  }
  const auto piece = model_->piece(token);
  if (!piece) return end_with(sequence, piece.error());
  std::string text = sequence.text.add(*piece);
  if (!text.empty()) {
    say(sequence, chat::TextDelta{std::move(text), std::exchange(sequence.unsaid_tokens, 0)});
  }
  if (sequence.text.stopped()) {
    finish(sequence, chat::Finished::Reason::kStop);
  } else if (sequence.generated() >= sequence.answer_max) {
    finish(sequence, chat::Finished::Reason::kLength);
  }
}

void Engine::report_prefill(Sequence& sequence) {
  if (sequence.answering) return;  // it was preempted and is computed again
  say(sequence,
      chat::Progress{chat::Progress::Phase::kPrefill, static_cast<std::uint32_t>(sequence.computed),
                     static_cast<std::uint32_t>(sequence.prompt_size)});
}

void Engine::say(Sequence& sequence, chat::Event event) {
  // While its reader is behind, nobody waits for the next token.
  if (--sequence.credit <= 0) sequence.last_token.reset();
  sink_(sequence.request, wire::Said{std::move(event)});
}

void Engine::finish(Sequence& sequence, chat::Finished::Reason reason) {
  const auto now = base::system_clock().now();
  std::string rest = sequence.text.finish();
  if (!rest.empty()) say(sequence, chat::TextDelta{std::move(rest), sequence.unsaid_tokens});
  chat::Usage usage;
  usage.prompt_tokens = static_cast<std::uint32_t>(sequence.prompt_size);
  usage.cached_tokens = static_cast<std::uint32_t>(sequence.cached);
  usage.completion_tokens = static_cast<std::uint32_t>(sequence.generated());
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
  release(sequence);
  publish_load();  // whoever asks after the end sees it
  say(sequence, usage);
  say(sequence, chat::Finished{reason});
}

void Engine::end_with(Sequence& sequence, Error error) {
  {
    const base::Lock lock(mutex_);
    ++(error.code == Code::kCancelled ? stats_.requests_cancelled : stats_.requests_failed);
  }
  release(sequence);
  publish_load();
  say(sequence, chat::Failed{std::move(error)});
}

// Gives slot and cache back; the loop drops the sequence when it next looks.
void Engine::release(Sequence& sequence) {
  sequence.ended = true;
  forget(sequence.request);
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
  for (Sequence* sequence : unended())
    end_with(*sequence, unloaded);
}

}  // namespace hearth::engine
