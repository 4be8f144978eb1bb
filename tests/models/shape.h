// The shapes that make-model can write: which architecture, how many layers, how wide. Those
// with a public name have that model's real geometry.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::models {

enum class Family { kLlama, kQwen2, kCohere2, kMamba, kBert, kNomicBert };

struct Shape {
  std::string_view name;
  Family family;
  std::uint32_t layers;
  std::uint32_t embedding;
  std::uint32_t feed_forward;
  std::uint32_t heads;
  std::uint32_t heads_kv;
  std::uint32_t context;
  float rope_base;
  float epsilon;
};

std::span<const Shape> all_shapes();
const Shape* find_shape(std::string_view name);

inline bool is_encoder(Family family) {
  return family == Family::kBert || family == Family::kNomicBert;
}
// As general.architecture has it.
std::string_view architecture_of(Family family);

// What a tensor is filled with: random weights of a spread that keeps activations near 1, or a
// constant.
enum class Role { kEmbedding, kMatrix, kNorm, kZeroBias, kSmallBias, kDecay };

struct PlannedTensor {
  std::string name;
  std::vector<std::uint64_t> dimensions;
  Role role;
};

// What mamba's recurrence is made of; its inner width is twice the embedding.
inline constexpr std::uint32_t kConvolution = 4;
inline constexpr std::uint32_t kStateSize = 16;
inline constexpr std::uint32_t kTimeStepRank = 8;

// Every tensor that llama.cpp asks of this shape, in the order of the file.
std::vector<PlannedTensor> plan_tensors(const Shape& shape, std::uint64_t vocabulary);

}  // namespace hearth::models
