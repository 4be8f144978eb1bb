// How badly the rows of the last layer foretell the tokens that should follow, where that is
// asked: the norm at the end, the product that writes tokens, and the cross-entropy. The logits of
// only a few rows stand in memory at a time.
//
// Threads:    confined to the caller, who lends the crew.
// Invariants: the same numbers whatever the number of threads.
#pragma once

#include <vector>

#include "train/matrix/buffer.h"
#include "train/network/batch.h"
#include "train/network/machine.h"

namespace hearth::train {

class TokenLoss {
 public:
  explicit TokenLoss(const Machine& machine) : machine_(machine) {}

  // The sum of the losses of all targets.
  double measure(const Batch& batch, const float* rows);

  struct Back {
    float weight = 1.0F;       // of each target's loss
    float* rows = nullptr;     // replaced by the gradient of the rows
    float* weights = nullptr;  // where the gradients of norm and writer are added
  };
  double learn(const Batch& batch, const float* rows, const Back& back);

 private:
  enum class Purpose : bool { kMeasure, kLearn };
  struct Group {
    const Batch& batch;
    const float* rows;
    const Back& back;
    std::size_t first;  // of places_
    std::size_t count;
  };

  void find_places(const Batch& batch);
  double run_group(const Group& group, Purpose purpose);
  double run_piece(const Group& group, const Piece& piece, Purpose purpose);
  void add_writer(float* into);

  Machine machine_;
  std::vector<std::size_t> places_;  // of the rows with a target
  Panels logits_;                    // their gradients
  Panels normed_;
  Buffer<float> gains_;  // gradients of the norm, one row for each piece
};

}  // namespace hearth::train
