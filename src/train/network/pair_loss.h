// How badly the vectors of texts tell which document belongs to which query: the cross-entropy of
// each pair's document among all documents and near-misses of the batch, and of its query among
// all queries, where scores are cosines over a temperature.
//
// Two pairs that are about the same are no rivals, nor is a text that is word for word the document
// that is looked for.
//
// Threads:    confined to the caller, who lends the crew.
// Invariants: the same numbers whatever the number of threads.
#pragma once

#include <vector>

#include "train/matrix/buffer.h"
#include "train/matrix/multiply.h"
#include "train/network/machine.h"
#include "train/network/pair_batch.h"

namespace hearth::train {

// The temperature where a job names none: as nomic and others train encoders.
inline constexpr float kPairTemperature = 0.05F;

class PairLoss {
 public:
  explicit PairLoss(const Machine& machine);

  // The mean of the losses of all pairs. `vectors` has one of unit length for each segment.
  double measure(const PairBatch& batch, const float* vectors, float temperature);
  // The same, and in `gradient` how it changes with every vector; replaces what stands there.
  double learn(const PairBatch& batch, const float* vectors, float temperature, float* gradient);

 private:
  void find_candidates(const PairBatch& batch);
  void gather(const float* vectors);
  void make_scores(float temperature);
  bool are_rivals(const PairBatch& batch, std::size_t pair, std::size_t segment) const;
  // Cross-entropy over candidates, or over queries; scores become gradients.
  double choose_documents(const PairBatch& batch);
  double choose_queries(const PairBatch& batch);
  void spread(float temperature, float* gradient);

  Machine machine_;
  const Kernel& exact_;  // cosines over a small temperature want more than bfloat16
  std::size_t width_;
  std::vector<std::size_t> queries_;     // segments
  std::vector<std::size_t> candidates_;  // segments: all that are no query
  std::vector<std::size_t> targets_;     // of each query, which of the candidates
  Buffer<float> query_rows_, candidate_rows_;
  Buffer<float> scores_;     // queries × candidates
  Buffer<float> gradients_;  // of the same
};

}  // namespace hearth::train
