// AdamW over the one long row of a model's weights: moving means of the gradient and of its square,
// and matrices that shrink a little at every step; gains and biases do not.
//
// Threads:    confined to the caller, who lends the crew.
// Invariants: the same numbers whatever the number of threads.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/crew.h"
#include "train/matrix/buffer.h"
#include "train/network/weights.h"

namespace hearth::train {

struct StepSize {
  double rate = 0;
  double decay = 0;           // of weights
  double gradient_scale = 1;  // the gradient is multiplied by it first
};

class Optimiser {
 public:
  explicit Optimiser(const Layout& layout);

  // √Σ g²
  double norm(const float* gradient, engine::Crew& crew) const;
  // Changes the weights, and clears the gradient. `step` counts from 0.
  struct Subject {
    float* weights = nullptr;
    float* gradient = nullptr;
  };
  void apply(const StepSize& size, std::uint64_t step, const Subject& subject, engine::Crew& crew);
  // What a checkpoint has to keep; each as long as the weights.
  float* means() { return means_.data(); }
  float* squares() { return squares_.data(); }

 private:
  struct Stretch {
    std::size_t begin;
    std::size_t count;
    bool decays;
  };

  std::vector<Stretch> stretches_;
  Buffer<float> means_;
  Buffer<float> squares_;
};

}  // namespace hearth::train
