// One vector for a whole text, as llama.cpp makes it with mean pooling and the engine then hands it
// out: the mean of the normed rows of its tokens, at unit length.
//
// Threads:    confined to the caller, who lends the crew.
// Invariants: the same numbers whatever the number of threads.
#pragma once

#include <vector>

#include "train/matrix/buffer.h"
#include "train/network/batch.h"
#include "train/network/machine.h"

namespace hearth::train {

class TextVectors {
 public:
  explicit TextVectors(const Machine& machine) : machine_(machine) {}

  // One of the model's width for each segment; they stay until the next call.
  const float* make(const Batch& batch, const float* rows);

  // From the gradient of what make() gave for the same batch to that of the rows, which it
  // replaces, and of the norm, which it adds to.
  struct Back {
    const float* vectors = nullptr;  // their gradient
    float* rows = nullptr;
    float* weights = nullptr;
  };
  void back(const Batch& batch, const float* rows, const Back& back);

 private:
  void make_one(const Segment& segment, const float* rows, std::size_t index);
  void back_one(const Segment& segment, const float* rows, const Back& back, std::size_t index);

  Machine machine_;
  Buffer<float> vectors_;
  std::vector<float> lengths_;  // of the means
  Buffer<float> gains_;         // gradients of the norm, one row for each segment
};

}  // namespace hearth::train
