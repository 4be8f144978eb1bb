// A model that learns: its weights, how well they foretell tokens or tell texts apart, and how
// every one of them would have to change to do it better. What to do with that is the optimiser's.
//
// Threads:    confined to the caller; it computes on a crew of its own.
// Invariants: the same numbers whatever the number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/crew.h"
#include "train/matrix/buffer.h"
#include "train/network/layers.h"
#include "train/network/operands.h"
#include "train/network/pair_loss.h"
#include "train/network/text_vectors.h"
#include "train/network/token_loss.h"
#include "train/network/weights.h"

namespace hearth::train {

struct NetworkOptions {
  Precision precision = Precision::kBf16;  // of products; everything else is a float
  std::uint32_t threads = 1;
  std::vector<float> rope_factors = {};  // that divide the frequencies of positions
};

class Network {
 public:
  Network(const Shape& shape, const Extras& extras, const NetworkOptions& options);

  const Layout& layout() const { return layout_; }
  const Kernel& kernel() const { return *kernel_; }
  engine::Crew& crew() { return crew_; }
  // Whoever changes weights calls refresh() before the next product.
  float* weights() { return weights_.data(); }
  const float* weights() const { return weights_.data(); }
  float* gradient() { return gradient_.data(); }
  void refresh() { operands_.refresh(weights_.data(), crew_); }

  // The sum of the losses of all targets; learn() adds the gradient of `weight` times that.
  double measure(const Batch& batch);
  double learn(const Batch& batch, float weight);

  // The mean of the losses of all pairs, and its gradient.
  double measure(const PairBatch& batch, float temperature);
  double learn_pairs(const PairBatch& batch, float temperature);
  // One of unit length for each segment; they stay until the next call.
  const float* vectors(const Batch& texts);

 private:
  Layout layout_;
  const Kernel* kernel_;
  engine::Crew crew_;
  Buffer<float> weights_;
  Buffer<float> gradient_;
  Operands operands_;
  Layers layers_;
  TokenLoss loss_;
  TextVectors vectors_;
  PairLoss pair_loss_;
  Buffer<float> row_gradient_;
  Buffer<float> vector_gradient_;
};

}  // namespace hearth::train
