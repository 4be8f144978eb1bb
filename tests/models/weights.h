// Random weights in the layout of each tensor type, made directly: quantised blocks are random
// bits under a scale that gives the wanted spread, so half a gigabyte takes a second.
//
// Threads: confined to the caller.
// Invariants: the same seed gives the same bytes, on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "gguf/types.h"

namespace hearth::models {

// xoshiro256**, seeded by splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  std::uint64_t next();
  // The next bytes appended to `into`.
  void append_bytes(std::string& into, std::size_t count);

 private:
  std::array<std::uint64_t, 4> state_;
};

// IEEE 754 half precision, rounded to nearest even.
std::uint16_t to_half(float value);

class Weights {
 public:
  explicit Weights(std::uint64_t seed);

  // Whole blocks of random weights around 0 with this standard deviation, appended to `into`.
  // REQUIRES: F32, F16, Q4_0, Q5_0, Q8_0, Q4_K or Q6_K.
  void append(std::string& into, gguf::TensorType type, std::uint64_t blocks, float spread);

 private:
  void append_f32(std::string& into, std::uint64_t count, float spread);
  void append_f16(std::string& into, std::uint64_t count, float spread);
  // Random bits below a scale; a scale's random sign makes the mean 0.
  void append_simple(std::string& into, std::uint64_t blocks, float scale, std::size_t bits_bytes);
  void append_q4_k(std::string& into, std::uint64_t blocks, float spread);
  void append_q6_k(std::string& into, std::uint64_t blocks, float spread);
  void append_half(std::string& into, float value);
  float signed_scale(float scale) { return (random_.next() >> 63) != 0 ? scale : -scale; }

  Random random_;
  std::vector<float> normal_;  // quantiles of N(0, 1), one per 16-bit number
  std::vector<std::uint16_t> normal_half_;
  float normal_half_spread_ = 0.0F;
};

}  // namespace hearth::models
