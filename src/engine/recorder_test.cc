#include "engine/recorder.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

TEST(Recorder, TellsWhatAStepWasMadeOf) {
  Recorder recorder;
  TracedStep step;
  step.candidates = {{.tokens_pending = 1, .decoding = true},
                     {.tokens_pending = 90},
                     {.tokens_pending = 1, .decoding = true}};
  step.shares = {{0, 1}, {2, 1}, {1, 64}};
  recorder.step(step);
  EXPECT_EQ(recorder.figures().step_ms.count, 0U) << "it was not computed whole";
  step.ms = 250;
  recorder.step(step);
  const wire::Figures figures = recorder.figures();
  EXPECT_DOUBLE_EQ(figures.step_ms.sum, 250);
  EXPECT_DOUBLE_EQ(figures.step_tokens.sum, 66);
  EXPECT_DOUBLE_EQ(figures.step_writers.sum, 2);
  EXPECT_DOUBLE_EQ(figures.step_prompt_tokens.sum, 64);
}

TEST(Recorder, EveryFigureIsOneOfItsOwn) {
  Recorder recorder;
  TracedStep step;
  step.candidates = {{.tokens_pending = 1, .decoding = true}, {.tokens_pending = 2}};
  step.shares = {{0, 1}, {1, 2}};
  step.ms = 4;
  recorder.step(step);
  chat::Usage usage;
  usage.queue_ms = 5;
  usage.prefill_ms = 6;
  usage.prompt_tokens = 7;
  usage.cached_tokens = 8;
  recorder.answer(usage);
  recorder.token_after(9);
  const wire::Figures figures = recorder.figures();
  const double expected[] = {4, 3, 1, 2, 5, 6, 7, 8, 9};
  for (std::size_t i = 0; i < wire::kFigureFields.size(); ++i) {
    const auto& field = wire::kFigureFields.at(i);
    EXPECT_EQ((figures.*field.member).count, 1U) << field.name;
    EXPECT_DOUBLE_EQ((figures.*field.member).sum, expected[i]) << field.name;
  }
}

}  // namespace
}  // namespace hearth::engine
