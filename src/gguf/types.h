// The types a tensor may have: number, name, and how many bytes hold how many elements. The
// table is that of ggml in llama.cpp v0.5.0.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::gguf {

// The numbers are those of the file format.
enum class TensorType : std::uint32_t {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ8_0 = 8,
  kQ8_1 = 9,
  kQ2_K = 10,
  kQ3_K = 11,
  kQ4_K = 12,
  kQ5_K = 13,
  kQ6_K = 14,
  kQ8_K = 15,
  kIQ2_XXS = 16,
  kIQ2_XS = 17,
  kIQ3_XXS = 18,
  kIQ1_S = 19,
  kIQ4_NL = 20,
  kIQ3_S = 21,
  kIQ2_S = 22,
  kIQ4_XS = 23,
  kI8 = 24,
  kI16 = 25,
  kI32 = 26,
  kI64 = 27,
  kF64 = 28,
  kIQ1_M = 29,
  kBF16 = 30,
  kTQ1_0 = 34,
  kTQ2_0 = 35,
  kMXFP4 = 39,
  kNVFP4 = 40,
  kQ1_0 = 41,
  kQ2_0 = 42,
};

struct TensorTypeFacts {
  TensorType type;
  std::string_view name;         // as ggml and people write it: "Q4_K"
  std::uint32_t block_elements;  // a row is a whole number of blocks
  std::uint32_t block_bytes;
};

// Absent when no such type exists in v0.5.0, or no longer.
const TensorTypeFacts* find_tensor_type(std::uint32_t number);
const TensorTypeFacts* find_tensor_type(std::string_view name);
// REQUIRES: a type of the enumeration.
const TensorTypeFacts& facts_of(TensorType type);

// The name of a general.file_type: "Q4_K_M"; empty for a number that v0.5.0 does not know.
std::string_view file_type_name(std::uint64_t number);
// The number of such a name, in any case of letters.
std::optional<std::uint32_t> find_file_type(std::string_view name);

}  // namespace hearth::gguf
