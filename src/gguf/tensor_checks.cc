#include <string>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "gguf/architectures.h"
#include "gguf/model_parts.h"

namespace hearth::gguf {

namespace {

// ggml refuses, by abort, to compute on memory that is not so aligned.
constexpr std::uint64_t kComputeAlignment = 32;

// No weights are of these; ggml would call a function that it does not have.
bool can_be_computed_with(TensorType type) {
  switch (type) {
    case TensorType::kQ8_1:
    case TensorType::kQ8_K:
    case TensorType::kI8:
    case TensorType::kI16:
    case TensorType::kI64:
    case TensorType::kF64:
      return false;
    default:
      return true;
  }
}

// What llama.cpp adds and multiplies with in full precision only.
bool must_be_f32(std::string_view name) {
  return name.ends_with("_norm.weight") || name.ends_with(".bias") || name == "token_types.weight";
}

class TensorChecks {
 public:
  TensorChecks(std::span<const File> files, const MetadataReader& reader, const ModelFacts& facts)
      : reader_(reader), facts_(facts) {
    for (const File& file : files) {
      for (const Tensor& tensor : file.tensors()) {
        if (!by_name_.emplace(tensor.name, &tensor).second) twice_ = &tensor;
      }
    }
  }

  Result<void> check() const {
    if (twice_ != nullptr) {
      return reader_.contradiction(
          fmt::format("tensor '{}' stands in two of its parts", twice_->name));
    }
    HEARTH_TRY(check_alignment());
    HEARTH_TRY(check_types());
    HEARTH_TRY(check_embedding());
    if (facts_.has_position_table) {
      HEARTH_TRY(check_matrix("position_embd.weight", facts_.embedding, facts_.context_trained));
    }
    if (has_plain_attention(facts_.architecture)) HEARTH_TRY(check_attention());
    return {};
  }

 private:
  const Tensor* find(std::string_view name) const {
    const auto at = by_name_.find(name);
    return at == by_name_.end() ? nullptr : at->second;
  }

  Result<void> check_alignment() const {
    for (const auto& [name, tensor] : by_name_) {
      if (tensor->offset % kComputeAlignment != 0) {
        return reader_.contradiction(
            fmt::format("tensor '{}' begins at {}, and computing needs a multiple of {}", name,
                        tensor->offset, kComputeAlignment));
      }
    }
    return {};
  }

  Result<void> check_types() const {
    const bool plain = has_plain_attention(facts_.architecture);
    for (const auto& [name, tensor] : by_name_) {
      const bool whole_numbers = plain && tensor->type == TensorType::kI32;
      const bool short_of_f32 = plain && must_be_f32(name) && tensor->type != TensorType::kF32;
      if (!can_be_computed_with(tensor->type) || whole_numbers || short_of_f32) {
        return reader_.contradiction(
            fmt::format("tensor '{}' is of type {}, and nothing computes with such a one", name,
                        facts_of(tensor->type).name));
      }
    }
    return {};
  }

  Result<void> check_embedding() const {
    const Tensor* embedding = find("token_embd.weight");
    if (embedding == nullptr) return reader_.contradiction("it has no token embedding");
    if (facts_.vocabulary == 0 || may_lack_attention(facts_.architecture)) return {};
    HEARTH_TRY(check_matrix("token_embd.weight", facts_.embedding, facts_.vocabulary));
    if (find("output.weight") == nullptr) return {};
    return check_matrix("output.weight", facts_.embedding, facts_.vocabulary);
  }

  // A matrix that is absent is for llama.cpp to miss.
  Result<void> check_matrix(std::string_view name, std::uint64_t columns,
                            std::uint64_t rows) const {
    const Tensor* tensor = find(name);
    if (tensor == nullptr) return {};
    if (tensor->dimensions[0] == columns && tensor->dimensions[1] == rows &&
        tensor->elements == columns * rows) {
      return {};
    }
    return reader_.contradiction(fmt::format("tensor '{}' is {} by {}, and {} by {} was announced",
                                             name, tensor->dimensions[0], tensor->dimensions[1],
                                             columns, rows));
  }

  Result<void> check_attention() const {
    const std::uint64_t queries = std::uint64_t{facts_.heads} * facts_.key_length;
    const std::uint64_t keys = std::uint64_t{facts_.heads_kv[0]} * facts_.key_length;
    for (std::uint32_t i = 0; i < facts_.layers; ++i) {
      const std::string layer = fmt::format("blk.{}.", i);
      HEARTH_TRY(check_matrix(layer + "attn_q.weight", facts_.embedding, queries));
      HEARTH_TRY(check_matrix(layer + "attn_k.weight", facts_.embedding, keys));
      HEARTH_TRY(check_matrix(layer + "attn_v.weight", facts_.embedding, keys));
      HEARTH_TRY(check_matrix(layer + "attn_qkv.weight", facts_.embedding, queries + 2 * keys));
      HEARTH_TRY(check_matrix(layer + "attn_output.weight", queries, facts_.embedding));
    }
    return {};
  }

  const MetadataReader& reader_;
  const ModelFacts& facts_;
  std::unordered_map<std::string_view, const Tensor*> by_name_;
  const Tensor* twice_ = nullptr;
};

}  // namespace

Result<void> check_tensors(std::span<const File> files, const MetadataReader& reader,
                           const ModelFacts& facts) {
  return TensorChecks(files, reader, facts).check();
}

}  // namespace hearth::gguf
