// How fast is learned at each step: the rate rises over the first steps, stays, and falls towards
// the end, to nothing or to a share of it.
//
// It stays because a training in legs need not know how long it will be: only the fall at the end
// depends on that, and a checkpoint of before it goes on when more time is given later. A cosine
// over the whole would make every step depend on the last one.
//
// Threads: pure.
#pragma once

#include <cstdint>

namespace hearth::train {

struct RateRule {
  double rate = 1e-3;
  std::uint64_t warmup_steps = 0;
  double decay_share = 0.25;  // of the whole training, at its end
  double min_share = 0.0;
};

// `step` counts from 0; `done` is how much of the whole training is behind it, from 0 to 1.
double rate_at(const RateRule& rule, std::uint64_t step, double done);
bool falls(const RateRule& rule, double done);

}  // namespace hearth::train
