// Writes the header of a GGUF file, version 3, into memory.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gguf/types.h"
#include "gguf/value.h"

namespace hearth::models {

class HeaderWriter {
 public:
  void add_text(std::string_view key, std::string_view text);
  void add_u16(std::string_view key, std::uint16_t number);
  void add_i32(std::string_view key, std::int32_t number);
  void add_u32(std::string_view key, std::uint32_t number);
  void add_f32(std::string_view key, float number);
  void add_bool(std::string_view key, const bool truth);
  void add_texts(std::string_view key, const std::vector<std::string>& texts);
  void add_i32s(std::string_view key, const std::vector<std::int32_t>& numbers);
  // A value as another file had it.
  void add_value(std::string_view key, const gguf::Value& value);
  void add_keys_of(const HeaderWriter& other);
  // Offsets follow from the order and the sizes.
  void add_tensor(std::string_view name, const std::vector<std::uint64_t>& dimensions,
                  gguf::TensorType type);

  // The whole header, padded to where the first tensor begins.
  std::string finish() const;

 private:
  void add_key(std::string_view key, gguf::ValueType type);
  void add_array(const gguf::Array& array);

  std::string keys_;
  std::uint64_t key_count_ = 0;
  std::string tensors_;
  std::uint64_t tensor_count_ = 0;
  std::uint64_t next_offset_ = 0;
};

// The bytes of a tensor of this many elements, and the zeros that follow it.
std::uint64_t tensor_bytes(gguf::TensorType type, std::uint64_t elements);
std::uint64_t padding_after(std::uint64_t bytes);

}  // namespace hearth::models
