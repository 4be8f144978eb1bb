// For tests and fuzzing only: GGUF bytes made piece by piece, as wrong as wanted. It checks
// nothing.
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gguf/types.h"
#include "gguf/value.h"

namespace hearth::gguf {

template <typename T>
std::string little_endian(T number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof number);
}

inline std::string counted_text(std::string_view text) {
  return little_endian<std::uint64_t>(text.size()) + std::string(text);
}

struct TensorBytes {
  std::string name;
  std::vector<std::uint64_t> dimensions;
  std::uint32_t type = 0;
  std::uint64_t offset = 0;

  std::string build() const {
    std::string bytes = counted_text(name);
    bytes += little_endian(static_cast<std::uint32_t>(dimensions.size()));
    for (const std::uint64_t size : dimensions)
      bytes += little_endian(size);
    return bytes + little_endian(type) + little_endian(offset);
  }
};

class GgufBytes {
 public:
  // A key with its type and whatever bytes follow. A key set twice is in the file once, as the
  // last call said; add() makes duplicates.
  GgufBytes& set(const std::string& key, ValueType type, std::string bytes) {
    remove(key);
    return add(key, static_cast<std::uint32_t>(type), std::move(bytes));
  }
  GgufBytes& add(const std::string& key, std::uint32_t type, std::string bytes) {
    keys_.emplace_back(key, little_endian(type) + bytes);
    return *this;
  }
  GgufBytes& remove(std::string_view key) {
    std::erase_if(keys_, [key](const auto& pair) { return pair.first == key; });
    return *this;
  }
  GgufBytes& u32(const std::string& key, std::uint32_t number) {
    return set(key, ValueType::kUint32, little_endian(number));
  }
  GgufBytes& f32(const std::string& key, float number) {
    return set(key, ValueType::kFloat32, little_endian(number));
  }
  GgufBytes& truth(const std::string& key, std::uint8_t byte) {
    return set(key, ValueType::kBool, little_endian(byte));
  }
  GgufBytes& text(const std::string& key, std::string_view text) {
    return set(key, ValueType::kString, counted_text(text));
  }
  GgufBytes& texts(const std::string& key, const std::vector<std::string>& texts) {
    std::string bytes;
    for (const std::string& text : texts)
      bytes += counted_text(text);
    return array(key, ValueType::kString, texts.size(), bytes);
  }
  GgufBytes& i32s(const std::string& key, const std::vector<std::int32_t>& numbers) {
    std::string bytes;
    for (const std::int32_t number : numbers)
      bytes += little_endian(number);
    return array(key, ValueType::kInt32, numbers.size(), bytes);
  }
  GgufBytes& array(const std::string& key, ValueType element, std::uint64_t count,
                   const std::string& bytes) {
    return set(key, ValueType::kArray,
               little_endian(static_cast<std::uint32_t>(element)) + little_endian(count) + bytes);
  }

  // A tensor after those before it.
  GgufBytes& tensor(const std::string& name, std::vector<std::uint64_t> dimensions,
                    TensorType type = TensorType::kF32) {
    std::uint64_t elements = 1;
    for (const std::uint64_t size : dimensions)
      elements *= size;
    const TensorTypeFacts& facts = facts_of(type);
    tensors_.push_back({name, std::move(dimensions), static_cast<std::uint32_t>(type), data_});
    data_ += elements / facts.block_elements * facts.block_bytes;
    data_ = (data_ + 31) / 32 * 32;
    return *this;
  }
  GgufBytes& raw_tensor(TensorBytes tensor) {
    tensors_.push_back(std::move(tensor));
    return *this;
  }
  GgufBytes& without_tensor(std::string_view name) {
    std::vector<TensorBytes> kept = std::exchange(tensors_, {});
    data_ = 0;
    for (TensorBytes& each : kept) {
      if (each.name == name) continue;
      tensor(each.name, each.dimensions, static_cast<TensorType>(each.type));
    }
    return *this;
  }

  GgufBytes& magic(std::string_view magic) { return magic_ = magic, *this; }
  GgufBytes& version(std::uint32_t version) { return version_ = version, *this; }
  GgufBytes& claim_tensors(std::uint64_t count) { return claimed_tensors_ = count, *this; }
  GgufBytes& claim_keys(std::uint64_t count) { return claimed_keys_ = count, *this; }
  GgufBytes& data_bytes(std::uint64_t bytes) { return data_ = bytes, *this; }
  GgufBytes& pad_to(std::uint64_t alignment) { return alignment_ = alignment, *this; }

  std::string header() const {
    std::string bytes = magic_ + little_endian(version_);
    bytes += little_endian(claimed_tensors_.value_or(tensors_.size()));
    bytes += little_endian(claimed_keys_.value_or(keys_.size()));
    for (const auto& [key, value] : keys_)
      bytes += counted_text(key) + value;
    for (const TensorBytes& tensor : tensors_)
      bytes += tensor.build();
    return bytes;
  }
  std::string build() const {
    std::string bytes = header();
    while (bytes.size() % alignment_ != 0)
      bytes += '\0';
    bytes.append(data_, '\0');
    return bytes;
  }

 private:
  std::string magic_ = "GGUF";
  std::uint32_t version_ = 3;
  std::uint64_t alignment_ = 32;
  std::vector<std::pair<std::string, std::string>> keys_;
  std::vector<TensorBytes> tensors_;
  std::uint64_t data_ = 0;
  std::optional<std::uint64_t> claimed_tensors_;
  std::optional<std::uint64_t> claimed_keys_;
};

// A decoder with two layers that nothing is wrong with.
inline GgufBytes small_llama() {
  GgufBytes bytes;
  bytes.text("general.architecture", "llama").text("general.name", "small");
  bytes.u32("general.file_type", 1);
  bytes.u32("llama.block_count", 2).u32("llama.context_length", 512);
  bytes.u32("llama.embedding_length", 64).u32("llama.feed_forward_length", 96);
  bytes.u32("llama.attention.head_count", 4).u32("llama.attention.head_count_kv", 2);
  bytes.f32("llama.attention.layer_norm_rms_epsilon", 1e-5F);
  bytes.u32("llama.rope.dimension_count", 16);
  bytes.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "gpt-2");
  bytes.texts("tokenizer.ggml.tokens", {"a", "b", "ab", "<|end|>"});
  bytes.i32s("tokenizer.ggml.token_type", {1, 1, 1, 3});
  bytes.texts("tokenizer.ggml.merges", {"a b"});
  bytes.u32("tokenizer.ggml.eos_token_id", 3);
  bytes.text("tokenizer.chat_template", "{{ messages }}");
  bytes.tensor("token_embd.weight", {64, 4}, TensorType::kF16);
  bytes.tensor("output_norm.weight", {64});
  for (const std::string layer : {"blk.0.", "blk.1."}) {
    bytes.tensor(layer + "attn_q.weight", {64, 64}, TensorType::kQ8_0);
    bytes.tensor(layer + "attn_k.weight", {64, 32}, TensorType::kQ8_0);
    bytes.tensor(layer + "attn_v.weight", {64, 32}, TensorType::kQ8_0);
    bytes.tensor(layer + "attn_output.weight", {64, 64}, TensorType::kQ8_0);
  }
  return bytes;
}

}  // namespace hearth::gguf
