// What can be computed of a chat's next turn before it is asked: the end of this one, as the
// template writes it. It is done when nobody waits for anything, and given up when somebody comes.
#include "engine/engine.h"
#include "engine/limits.h"
#include "engine/llama_log.h"

namespace hearth::engine {

// REQUIRES: the answer is whole and its end was said.
void Engine::close_turn(Sequence& sequence) {
  const bool is_turn = !turn_.empty() && !sequence.asked.raw_prompt && !sequence.stopped();
  const bool alone = running_.size() == 1 && waiting_.empty() && embeddings_.empty();
  if (!prefixes_ || !is_turn || !alone || sequence.moved) return;
  if (options_.permit != nullptr && options_.permit->contended()) return;  // others do wait
  std::span<const Token> turn = turn_;
  if (sequence.tokens.back() == turn.front()) turn = turn.subspan(1);  // the model wrote it
  const std::size_t size = sequence.tokens.size() + turn.size();
  if (size > options_.context || size - sequence.computed > kStepTokensMax) return;
  sequence.tokens.insert(sequence.tokens.end(), turn.begin(), turn.end());
  fill_batch({{0, static_cast<std::uint32_t>(sequence.pending())}});
  closing_turn_ = true;
  const int code = decode();
  closing_turn_ = false;
  expect_no_abort();
  if (code == 0) {
    sequence.computed = sequence.tokens.size();
  } else {
    cut_to_computed(sequence);
  }
}

}  // namespace hearth::engine
