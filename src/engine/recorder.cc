#include "engine/recorder.h"

namespace hearth::engine {

void Recorder::step(const TracedStep& step) {
  if (!step.ms) return;
  std::uint32_t writers = 0;
  for (const Share& share : step.shares) {
    if (step.candidates[share.candidate].decoding) ++writers;
  }
  const std::uint32_t tokens = tokens_of(step);
  step_ms_.record(*step.ms);
  step_tokens_.record(tokens);
  step_writers_.record(writers);
  step_prompt_tokens_.record(tokens - writers);
}

void Recorder::answer(const chat::Usage& usage) {
  queue_ms_.record(usage.queue_ms);
  prefill_ms_.record(usage.prefill_ms);
  prompt_tokens_.record(usage.prompt_tokens);
  cached_tokens_.record(usage.cached_tokens);
}

void Recorder::token_after(double ms) {
  token_ms_.record(ms);
}

wire::Figures Recorder::figures() const {
  return {.step_ms = step_ms_.snapshot(),
          .step_tokens = step_tokens_.snapshot(),
          .step_writers = step_writers_.snapshot(),
          .step_prompt_tokens = step_prompt_tokens_.snapshot(),
          .queue_ms = queue_ms_.snapshot(),
          .prefill_ms = prefill_ms_.snapshot(),
          .prompt_tokens = prompt_tokens_.snapshot(),
          .cached_tokens = cached_tokens_.snapshot(),
          .token_ms = token_ms_.snapshot()};
}

}  // namespace hearth::engine
