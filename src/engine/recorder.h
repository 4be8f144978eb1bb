// Measures the engine as it works: how its steps and its answers are distributed.
//
// Threads: thread-safe.
#pragma once

#include "chat/event.h"
#include "engine/schedule_trace.h"
#include "metrics/histogram.h"
#include "wire/figures.h"

namespace hearth::engine {

class Recorder {
 public:
  // One that was computed whole; others are not counted.
  void step(const TracedStep& step);
  // One that ended well.
  void answer(const chat::Usage& usage);
  void token_after(double ms);

  wire::Figures figures() const;

 private:
  metrics::Histogram step_ms_;
  metrics::Histogram step_tokens_;
  metrics::Histogram step_writers_;
  metrics::Histogram step_prompt_tokens_;
  metrics::Histogram queue_ms_;
  metrics::Histogram prefill_ms_;
  metrics::Histogram prompt_tokens_;
  metrics::Histogram cached_tokens_;
  metrics::Histogram token_ms_;
};

}  // namespace hearth::engine
