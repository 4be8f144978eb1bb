#include "gguf/types.h"

#include <algorithm>
#include <array>

#include <strings.h>

#include "base/result.h"

namespace hearth::gguf {

namespace {

using enum TensorType;

constexpr std::array kTypes = {
    TensorTypeFacts{kF32, "F32", 1, 4},
    TensorTypeFacts{kF16, "F16", 1, 2},
    TensorTypeFacts{kQ4_0, "Q4_0", 32, 18},
    TensorTypeFacts{kQ4_1, "Q4_1", 32, 20},
    TensorTypeFacts{kQ5_0, "Q5_0", 32, 22},
    TensorTypeFacts{kQ5_1, "Q5_1", 32, 24},
    TensorTypeFacts{kQ8_0, "Q8_0", 32, 34},
    TensorTypeFacts{kQ8_1, "Q8_1", 32, 36},
    TensorTypeFacts{kQ2_K, "Q2_K", 256, 84},
    TensorTypeFacts{kQ3_K, "Q3_K", 256, 110},
    TensorTypeFacts{kQ4_K, "Q4_K", 256, 144},
    TensorTypeFacts{kQ5_K, "Q5_K", 256, 176},
    TensorTypeFacts{kQ6_K, "Q6_K", 256, 210},
    TensorTypeFacts{kQ8_K, "Q8_K", 256, 292},
    TensorTypeFacts{kIQ2_XXS, "IQ2_XXS", 256, 66},
    TensorTypeFacts{kIQ2_XS, "IQ2_XS", 256, 74},
    TensorTypeFacts{kIQ3_XXS, "IQ3_XXS", 256, 98},
    TensorTypeFacts{kIQ1_S, "IQ1_S", 256, 50},
    TensorTypeFacts{kIQ4_NL, "IQ4_NL", 32, 18},
    TensorTypeFacts{kIQ3_S, "IQ3_S", 256, 110},
    TensorTypeFacts{kIQ2_S, "IQ2_S", 256, 82},
    TensorTypeFacts{kIQ4_XS, "IQ4_XS", 256, 136},
    TensorTypeFacts{kI8, "I8", 1, 1},
    TensorTypeFacts{kI16, "I16", 1, 2},
    TensorTypeFacts{kI32, "I32", 1, 4},
    TensorTypeFacts{kI64, "I64", 1, 8},
    TensorTypeFacts{kF64, "F64", 1, 8},
    TensorTypeFacts{kIQ1_M, "IQ1_M", 256, 56},
    TensorTypeFacts{kBF16, "BF16", 1, 2},
    TensorTypeFacts{kTQ1_0, "TQ1_0", 256, 54},
    TensorTypeFacts{kTQ2_0, "TQ2_0", 256, 66},
    TensorTypeFacts{kMXFP4, "MXFP4", 32, 17},
    TensorTypeFacts{kNVFP4, "NVFP4", 64, 36},
    TensorTypeFacts{kQ1_0, "Q1_0", 128, 18},
    TensorTypeFacts{kQ2_0, "Q2_0", 64, 18},
};

// By number; an empty name marks a file type that was removed.
constexpr std::array<std::string_view, 42> kFileTypes = {
    "F32",   "F16",     "Q4_0",   "Q4_1",   "",       "",        "",       "Q8_0",   "Q5_0",
    "Q5_1",  "Q2_K",    "Q3_K_S", "Q3_K_M", "Q3_K_L", "Q4_K_S",  "Q4_K_M", "Q5_K_S", "Q5_K_M",
    "Q6_K",  "IQ2_XXS", "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS", "IQ1_S",  "IQ4_NL", "IQ3_S",
    "IQ3_M", "IQ2_S",   "IQ2_M",  "IQ4_XS", "IQ1_M",  "BF16",    "",       "",       "",
    "TQ1_0", "TQ2_0",   "MXFP4",  "NVFP4",  "Q1_0",   "Q2_0"};

}  // namespace

const TensorTypeFacts* find_tensor_type(std::uint32_t number) {
  const auto at = std::find_if(kTypes.begin(), kTypes.end(), [number](const auto& facts) {
    return static_cast<std::uint32_t>(facts.type) == number;
  });
  return at == kTypes.end() ? nullptr : &*at;
}

const TensorTypeFacts* find_tensor_type(std::string_view name) {
  const auto at = std::find_if(kTypes.begin(), kTypes.end(),
                               [name](const auto& facts) { return facts.name == name; });
  return at == kTypes.end() ? nullptr : &*at;
}

const TensorTypeFacts& facts_of(TensorType type) {
  const TensorTypeFacts* facts = find_tensor_type(static_cast<std::uint32_t>(type));
  HEARTH_ASSERT(facts != nullptr);
  return *facts;
}

std::string_view file_type_name(std::uint64_t number) {
  return number < kFileTypes.size() ? kFileTypes[number] : std::string_view{};
}

std::optional<std::uint32_t> find_file_type(std::string_view name) {
  const auto same = [name](std::string_view known) {
    return !known.empty() && known.size() == name.size() &&
           ::strncasecmp(known.data(), name.data(), name.size()) == 0;
  };
  const auto at = std::find_if(kFileTypes.begin(), kFileTypes.end(), same);
  if (at == kFileTypes.end()) return std::nullopt;
  return static_cast<std::uint32_t>(at - kFileTypes.begin());
}

}  // namespace hearth::gguf
