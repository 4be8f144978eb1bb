#include "engine/schedule.h"

#include <algorithm>

namespace hearth::engine {

std::vector<Share> plan_step(std::span<const Candidate> candidates, std::uint32_t tokens_max) {
  std::vector<Share> shares;
  std::uint32_t room = tokens_max;
  const auto give = [&](bool decoding) {
    for (std::size_t i = 0; i < candidates.size() && room > 0; ++i) {
      const Candidate& candidate = candidates[i];
      if (candidate.decoding != decoding || !candidate.reader_ready) continue;
      const std::uint32_t tokens = std::min(room, candidate.tokens_pending);
      if (tokens == 0) continue;
      shares.push_back({i, tokens});
      room -= tokens;
    }
  };
  give(true);
  give(false);
  return shares;
}

}  // namespace hearth::engine
