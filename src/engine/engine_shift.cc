// How an answer goes on in a full context, when its request allows that (chat::Overflow::kShift).
#include <algorithm>

#include "engine/engine.h"
#include "engine/limits.h"

namespace hearth::engine {

// The beginning of the prompt stays, where system messages are; of the rest, the older half goes
// and what stays moves up. The tokens that moved were computed after others than they now follow,
// so nobody else may take them over.
void Engine::shift(Sequence& sequence) {
  const std::size_t keep = std::min<std::size_t>(
      sequence.prompt_size, static_cast<std::size_t>(options_.context) / kShiftKeepsOneIn);
  const std::size_t drop = (sequence.tokens.size() - keep) / 2;
  const auto first = sequence.tokens.begin() + static_cast<std::ptrdiff_t>(keep);
  sequence.tokens.erase(first, first + static_cast<std::ptrdiff_t>(drop));
  sequence.shifted += drop;
  const std::size_t computed = sequence.computed;
  // Cells that others hold too must not move under them.
  const bool alone = pool_.make_own(sequence.slot, computed);
  sequence.shared.clear();
  sequence.origin = ++last_origin_;
  sequence.computed = alone && pool_.move_up(sequence.slot, keep, drop) ? computed - drop : 0;
  sequence.moved = sequence.computed > 0;
  if (sequence.moved) shift_pending_ = true;
  if (!sequence.moved) pool_.clear(sequence.slot);
}

}  // namespace hearth::engine
