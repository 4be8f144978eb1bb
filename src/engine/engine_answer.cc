// How an answer grows and how it ends.
#include <algorithm>
#include <utility>

#include "engine/engine.h"
#include "engine/logprobs.h"

namespace hearth::engine {

// From the logits at this place in the batch.
void Engine::choose_token(Sequence& sequence, std::int32_t place) {
  const std::span<float> logits(llama_get_logits_ith(context_.get(), place),
                                static_cast<std::size_t>(model_->vocabulary()));
  const auto token = sequence.sampler->choose(logits);
  if (!token) return end_with(sequence, token.error());
  accept_token(sequence, *token, logprob_of(sequence, *token, logits));
}

std::optional<chat::TokenLogprob> Engine::logprob_of(const Sequence& sequence, Token token,
                                                     std::span<const float> logits) const {
  if (!sequence.asked.logprobs) return std::nullopt;
  chat::TokenLogprob logprob = find_logprobs(logits, token, *sequence.asked.logprobs);
  const auto name = [this](chat::TokenChance& chance) {
    chance.bytes = model_->piece(chance.token).value_or(std::string());
  };
  name(logprob.chosen);
  std::for_each(logprob.alternatives.begin(), logprob.alternatives.end(), name);
  return logprob;
}

void Engine::accept_token(Sequence& sequence, Token token,
                          std::optional<chat::TokenLogprob> logprob) {
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
  if (logprob && !piece->empty()) {
    sequence.unsaid_logprobs.add(sequence.text.taken_in(), std::move(*logprob));
  }
  say_text(sequence, sequence.text.add(*piece));
  if (sequence.text.stopped()) {
    finish(sequence, chat::Finished::Reason::kStop);
  } else if (sequence.generated() >= sequence.answer_max) {
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
  if (text.empty()) return;
  say(sequence, chat::TextDelta{std::move(text), std::exchange(sequence.unsaid_tokens, 0),
                                sequence.unsaid_logprobs.take_before(sequence.text.given_out())});
}

void Engine::say(Sequence& sequence, chat::Event event) {
  // While its reader is behind, nobody waits for the next token.
  if (--sequence.credit <= 0) sequence.last_token.reset();
  sink_(sequence.request, wire::Said{std::move(event)});
}

void Engine::finish(Sequence& sequence, chat::Finished::Reason reason) {
  const auto now = base::system_clock().now();
  say_text(sequence, sequence.text.finish());
  chat::Usage usage;
  usage.prompt_tokens = static_cast<std::uint32_t>(sequence.prompt_size);
  usage.cached_tokens = static_cast<std::uint32_t>(sequence.cached);
  usage.shifted_tokens = static_cast<std::uint32_t>(sequence.shifted);
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
  leave(sequence);
  publish_load();  // whoever asks after the end sees it
  say(sequence, usage);
  say(sequence, chat::Finished{reason});
  close_turn(sequence);
  give_back(sequence);
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
