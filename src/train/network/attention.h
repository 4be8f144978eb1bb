// What the tokens of one conversation take from each other, for one head that is asked and all
// those that ask it. It works in blocks of asking rows, so that the weights of a long conversation
// never stand in memory all at once; going back it makes them anew.
//
// Threads: pure; different conversations and heads write different numbers.
#pragma once

#include "train/matrix/kernel.h"
#include "train/network/batch.h"

namespace hearth::train {

struct AttentionShape {
  std::size_t heads = 0;
  std::size_t kv_heads = 0;
  std::size_t head_width = 0;
  bool looks_both_ways = false;

  std::size_t query_width() const { return heads * head_width; }
  std::size_t key_width() const { return kv_heads * head_width; }
};

// Rows of all tokens of a batch; those of queries have all heads, the others those that are asked.
struct AttentionInput {
  const float* query = nullptr;
  const float* key = nullptr;
  const float* value = nullptr;
};

struct AttentionGradient {
  float* query = nullptr;
  float* key = nullptr;
  float* value = nullptr;
};

class Attention {
 public:
  Attention(const Kernel& kernel, const AttentionShape& shape) : kernel_(&kernel), shape_(shape) {}

  const AttentionShape& shape() const { return shape_; }
  void forward(const Segment& segment, std::size_t kv_head, const AttentionInput& input,
               float* out) const;
  // Replaces what stands in `into`.
  struct Back {
    AttentionInput input;
    const float* gradient = nullptr;  // of what forward() gave
    AttentionGradient into;
  };
  void backward(const Segment& segment, std::size_t kv_head, const Back& back) const;

 private:
  const Kernel* kernel_;
  AttentionShape shape_;
};

}  // namespace hearth::train
