// How large a model is and how it is built: what its file says of it, and what its graph and its
// weights are made from. The llama family only: RMS norms, rotary positions, SwiGLU, grouped heads.
//
// Threads: immutable.
#pragma once

#include <cstdint>
#include <string>

namespace hearth::train {

struct Shape {
  // The family's name in the file: "llama", "qwen2", "qwen3"; an encoder is a "llama-embed" or
  // what else llama.cpp reads as one of this family that looks both ways.
  std::string family = "llama";
  std::uint32_t layers = 0;
  std::uint32_t width = 0;
  std::uint32_t heads = 0;
  std::uint32_t kv_heads = 0;
  std::uint32_t head_width = 0;
  std::uint32_t hidden = 0;  // of the feed-forward part
  std::uint32_t context = 0;
  std::uint32_t vocabulary = 0;
  float rope_base = 10000.0F;
  float norm_epsilon = 1e-5F;
  bool tied = true;  // what reads tokens also writes them
  bool looks_both_ways = false;
};

}  // namespace hearth::train
