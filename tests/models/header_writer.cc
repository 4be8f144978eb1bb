#include "header_writer.h"

#include "gguf/limits.h"

namespace hearth::models {

namespace {

constexpr std::uint32_t kVersion = 3;

template <typename T>
void put(std::string& into, const T& number) {
  into.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put_text(std::string& into, std::string_view text) {
  put(into, static_cast<std::uint64_t>(text.size()));
  into.append(text);
}

void put_type(std::string& into, gguf::ValueType type) {
  put(into, static_cast<std::uint32_t>(type));
}

}  // namespace

std::uint64_t tensor_bytes(gguf::TensorType type, std::uint64_t elements) {
  const gguf::TensorTypeFacts& facts = gguf::facts_of(type);
  return elements / facts.block_elements * facts.block_bytes;
}

std::uint64_t padding_after(std::uint64_t bytes) {
  return (gguf::kDefaultAlignment - bytes % gguf::kDefaultAlignment) % gguf::kDefaultAlignment;
}

void HeaderWriter::add_key(std::string_view key, gguf::ValueType type) {
  put_text(keys_, key);
  put_type(keys_, type);
  ++key_count_;
}

void HeaderWriter::add_text(std::string_view key, std::string_view text) {
  add_key(key, gguf::ValueType::kString);
  put_text(keys_, text);
}

void HeaderWriter::add_u16(std::string_view key, std::uint16_t number) {
  add_key(key, gguf::ValueType::kUint16);
  put(keys_, number);
}

void HeaderWriter::add_i32(std::string_view key, std::int32_t number) {
  add_key(key, gguf::ValueType::kInt32);
  put(keys_, number);
}

void HeaderWriter::add_u32(std::string_view key, std::uint32_t number) {
  add_key(key, gguf::ValueType::kUint32);
  put(keys_, number);
}

void HeaderWriter::add_f32(std::string_view key, float number) {
  add_key(key, gguf::ValueType::kFloat32);
  put(keys_, number);
}

void HeaderWriter::add_bool(std::string_view key, const bool truth) {
  add_key(key, gguf::ValueType::kBool);
  keys_ += truth ? '\1' : '\0';
}

void HeaderWriter::add_texts(std::string_view key, const std::vector<std::string>& texts) {
  add_key(key, gguf::ValueType::kArray);
  put_type(keys_, gguf::ValueType::kString);
  put(keys_, static_cast<std::uint64_t>(texts.size()));
  for (const std::string& text : texts)
    put_text(keys_, text);
}

void HeaderWriter::add_i32s(std::string_view key, const std::vector<std::int32_t>& numbers) {
  add_key(key, gguf::ValueType::kArray);
  put_type(keys_, gguf::ValueType::kInt32);
  put(keys_, static_cast<std::uint64_t>(numbers.size()));
  for (const std::int32_t number : numbers)
    put(keys_, number);
}

void HeaderWriter::add_value(std::string_view key, const gguf::Value& value) {
  using enum gguf::ValueType;
  add_key(key, value.type());
  if (const auto* text = value.as_text()) return put_text(keys_, *text);
  if (const auto* array = value.as_array()) return add_array(*array);
  if (value.type() == kFloat32) return put(keys_, static_cast<float>(*value.as_real()));
  if (value.type() == kFloat64) return put(keys_, *value.as_real());
  if (value.type() == kBool) {
    keys_ += *value.as_bool() ? '\1' : '\0';
    return;
  }
  // Little-endian: the low bytes of any integer are the narrower integer.
  const std::uint64_t bits =
      value.as_unsigned() ? *value.as_unsigned() : static_cast<std::uint64_t>(*value.as_signed());
  keys_.append(reinterpret_cast<const char*>(&bits), gguf::number_bytes(value.type()));
}

void HeaderWriter::add_keys_of(const HeaderWriter& other) {
  keys_ += other.keys_;
  key_count_ += other.key_count_;
}

void HeaderWriter::add_array(const gguf::Array& array) {
  put_type(keys_, array.element_type());
  put(keys_, static_cast<std::uint64_t>(array.size()));
  if (array.element_type() != gguf::ValueType::kString) {
    keys_.append(array.raw_numbers());
    return;
  }
  for (std::size_t i = 0; i < array.size(); ++i)
    put_text(keys_, array.text_at(i));
}

void HeaderWriter::add_tensor(std::string_view name, const std::vector<std::uint64_t>& dimensions,
                              gguf::TensorType type) {
  put_text(tensors_, name);
  put(tensors_, static_cast<std::uint32_t>(dimensions.size()));
  std::uint64_t elements = 1;
  for (const std::uint64_t size : dimensions) {
    put(tensors_, size);
    elements *= size;
  }
  put(tensors_, static_cast<std::uint32_t>(type));
  put(tensors_, next_offset_);
  ++tensor_count_;
  const std::uint64_t bytes = tensor_bytes(type, elements);
  next_offset_ += bytes + padding_after(bytes);
}

std::string HeaderWriter::finish() const {
  std::string header = "GGUF";
  put(header, kVersion);
  put(header, tensor_count_);
  put(header, key_count_);
  header += keys_;
  header += tensors_;
  header.append(padding_after(header.size()), '\0');
  return header;
}

}  // namespace hearth::models
