#include "train/schedule.h"

#include <algorithm>

namespace hearth::train {

bool falls(const RateRule& rule, double done) {
  return done > 1.0 - rule.decay_share;
}

double rate_at(const RateRule& rule, std::uint64_t step, double done) {
  const double risen = rule.warmup_steps == 0
                           ? 1.0
                           : static_cast<double>(step + 1) / static_cast<double>(rule.warmup_steps);
  const double left = falls(rule, done) ? std::max(0.0, 1.0 - done) / rule.decay_share : 1.0;
  const double share = rule.min_share + (1.0 - rule.min_share) * left;
  return rule.rate * std::min({1.0, risen, share});
}

}  // namespace hearth::train
