#include "engine/logprobs.h"

#include <algorithm>
#include <cmath>

#include "engine/candidates.h"

namespace hearth::engine {

chat::TokenLogprob find_logprobs(std::span<const float> logits, Token chosen,
                                 std::uint32_t alternatives) {
  const auto best = highest(logits, std::max<std::size_t>(alternatives, 1));
  const float most = best.front().logit;
  double sum = 0;
  for (const float logit : logits)
    sum += static_cast<double>(std::exp(logit - most));
  const double log_sum = static_cast<double>(most) + std::log(sum);
  const auto chance = [&](Token token) {
    const auto logit = static_cast<double>(logits[static_cast<std::size_t>(token)]);
    return chat::TokenChance{token, {}, static_cast<float>(logit - log_sum)};
  };
  chat::TokenLogprob found{chance(chosen), {}};
  for (std::size_t i = 0; i < std::min<std::size_t>(alternatives, best.size()); ++i)
    found.alternatives.push_back(chance(best[i].id));
  return found;
}

}  // namespace hearth::engine
