// The weights of a new model: which there are, by the names llama.cpp looks for, and what they are
// before anything is learned.
//
// Families: llama; qwen2 (biases on queries, keys and values); qwen3 (norms on queries and keys);
// llama-embed and eurobert, encoders: llama's blocks looking both ways, and no output. The latter
// turns positions as qwen2 does, and llama.cpp keeps no KV cache for it.
//
// Threads:    RandomWeights is confined to the caller; the rest is pure.
// Invariants: the same seed gives the same numbers on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "train/shape.h"

namespace hearth::train {

inline constexpr float kSpread = 0.02F;  // of weights before training, as GPT-2 began
// Of the embedding of an encoder, which writes no tokens with it: what a text says begins as the
// mean of its tokens, and the layers add a little to that. (With kSpread they drown it, and of the
// items of ember-embed 53 in 100 were found before training, not 73.)
inline constexpr float kEncoderSpread = 0.5F;

struct Family {
  std::string_view name;
  bool biased_inputs = false;  // of attention
  bool normed_heads = false;
  bool looks_both_ways = false;
};
const std::vector<Family>& seed_families();
const Family* find_family(std::string_view name);

struct SeedTensor {
  std::string name;
  std::uint64_t columns = 0;  // what a row is multiplied with
  std::uint64_t rows = 1;     // 1: a vector
  float mean = 0.0F;
  float spread = 0.0F;  // 0: all are the mean
  std::uint64_t elements() const { return columns * rows; }
};

// In the order of the file.
// REQUIRES: a shape of one of the families.
std::vector<SeedTensor> seed_tensors(const Shape& shape);

// Numbers around 0 that spread by 1: sums of twelve even ones, so that only whole numbers and exact
// sums are involved.
class RandomWeights {
 public:
  explicit RandomWeights(std::uint64_t seed) : random_(seed) {}
  float next();

 private:
  std::mt19937_64 random_;
};

}  // namespace hearth::train
