#include "mixture.h"

#include <algorithm>

namespace hearth::models {

namespace {

using gguf::TensorType;

bool is_multiple(const PlannedTensor& tensor, TensorType type) {
  return tensor.dimensions[0] % gguf::facts_of(type).block_elements == 0;
}

bool stays_full(const PlannedTensor& tensor) {
  return tensor.dimensions.size() < 2 || tensor.name == "position_embd.weight" ||
         tensor.name == "token_types.weight" || tensor.name.ends_with("ssm_conv1d.weight") ||
         tensor.name.ends_with("ssm_a");
}

TensorType base_type(FileType file_type) {
  switch (file_type) {
    case FileType::kF32:
      return TensorType::kF32;
    case FileType::kF16:
      return TensorType::kF16;
    case FileType::kQ4_0:
      return TensorType::kQ4_0;
    case FileType::kQ8_0:
      return TensorType::kQ8_0;
    case FileType::kQ4_K_M:
      return TensorType::kQ4_K;
  }
  return TensorType::kF32;
}

// The first eighth of the layers, the last one, and every third between keep more bits.
bool wants_more_bits(std::uint32_t layer, std::uint32_t layers) {
  return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
}

// Rows that are no whole number of blocks take the next larger type with blocks of 32.
TensorType fit_rows(const PlannedTensor& tensor, TensorType type) {
  if (is_multiple(tensor, type)) return type;
  if (type == TensorType::kQ4_K) type = TensorType::kQ5_0;
  if (type == TensorType::kQ6_K) type = TensorType::kQ8_0;
  return is_multiple(tensor, type) ? type : TensorType::kF16;
}

class Mixture {
 public:
  Mixture(FileType file_type, std::uint32_t layers, const bool tied)
      : file_type_(file_type), layers_(layers), tied_(tied) {}

  TensorType choose(const PlannedTensor& tensor) {
    if (stays_full(tensor)) return TensorType::kF32;
    const TensorType base = base_type(file_type_);
    if (base == TensorType::kF32 || base == TensorType::kF16) return base;
    return fit_rows(tensor, quantised(tensor, base));
  }

 private:
  TensorType quantised(const PlannedTensor& tensor, TensorType base) {
    const bool makes_output =
        tensor.name == "output.weight" || (tied_ && tensor.name == "token_embd.weight");
    if (makes_output) {
      const bool keeps_base = base == TensorType::kQ8_0 || !is_multiple(tensor, base);
      return keeps_base ? TensorType::kQ8_0 : TensorType::kQ6_K;
    }
    if (file_type_ != FileType::kQ4_K_M) return base;
    if (tensor.name.ends_with("attn_v.weight")) {
      return wants_more_bits(value_layer_++, layers_) ? TensorType::kQ6_K : base;
    }
    if (tensor.name.ends_with("ffn_down.weight")) {
      return wants_more_bits(down_layer_++, layers_) ? TensorType::kQ6_K : base;
    }
    return base;
  }

  const FileType file_type_;
  const std::uint32_t layers_;
  const bool tied_;
  std::uint32_t value_layer_ = 0;
  std::uint32_t down_layer_ = 0;
};

}  // namespace

std::optional<FileType> find_file_type(std::string_view name) {
  if (name == "f32") return FileType::kF32;
  if (name == "f16") return FileType::kF16;
  if (name == "q4_0") return FileType::kQ4_0;
  if (name == "q8_0") return FileType::kQ8_0;
  if (name == "q4_k_m") return FileType::kQ4_K_M;
  return std::nullopt;
}

std::vector<TensorType> choose_types(const std::vector<PlannedTensor>& tensors, FileType file_type,
                                     std::uint32_t layers) {
  const bool tied = std::none_of(tensors.begin(), tensors.end(), [](const PlannedTensor& tensor) {
    return tensor.name == "output.weight";
  });
  Mixture mixture(file_type, layers, tied);
  std::vector<TensorType> types;
  types.reserve(tensors.size());
  for (const PlannedTensor& tensor : tensors)
    types.push_back(mixture.choose(tensor));
  return types;
}

}  // namespace hearth::models
