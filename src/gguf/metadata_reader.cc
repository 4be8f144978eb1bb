#include "gguf/metadata_reader.h"

#include <fmt/format.h>

#include "gguf/header_reader.h"

namespace hearth::gguf {

std::string MetadataReader::full_key(std::string_view name) const {
  return name.starts_with('.') ? architecture_ + std::string(name) : std::string(name);
}

Failure MetadataReader::contradiction(const std::string& what) const {
  return corrupt_file(file_.name(), what);
}

Failure MetadataReader::wrong_type(std::string_view name, const Value& value,
                                   std::string_view wanted) const {
  return contradiction(fmt::format("'{}' must be a {} and is a {}", full_key(name), wanted,
                                   type_name(value.type())));
}

Result<std::optional<std::uint32_t>> MetadataReader::u32(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->type() != ValueType::kUint32) return wrong_type(name, *value, "u32");
  return static_cast<std::uint32_t>(*value->as_unsigned());
}

Result<std::optional<double>> MetadataReader::f32(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->type() != ValueType::kFloat32) return wrong_type(name, *value, "f32");
  return value->as_real();
}

Result<std::optional<bool>> MetadataReader::truth(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->type() != ValueType::kBool) return wrong_type(name, *value, "bool");
  return value->as_bool();
}

Result<std::optional<std::string>> MetadataReader::text(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->type() != ValueType::kString) return wrong_type(name, *value, "string");
  return *value->as_text();
}

Result<std::uint32_t> MetadataReader::required_u32(std::string_view name) const {
  const auto number = HEARTH_TRY(u32(name));
  if (!number) return contradiction(fmt::format("it lacks the key '{}'", full_key(name)));
  return *number;
}

Result<const Array*> MetadataReader::array(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr) return static_cast<const Array*>(nullptr);
  if (value->as_array() == nullptr) return wrong_type(name, *value, "array");
  return value->as_array();
}

Result<std::vector<std::uint32_t>> MetadataReader::per_layer(std::string_view name,
                                                             std::uint32_t layers) const {
  const Value* value = find(name);
  if (value == nullptr) return std::vector<std::uint32_t>{};
  const Array* array = value->as_array();
  if (array == nullptr) return std::vector<std::uint32_t>(layers, *HEARTH_TRY(u32(name)));
  const bool whole =
      array->element_type() == ValueType::kUint32 || array->element_type() == ValueType::kInt32;
  if (!whole || array->size() != layers) {
    return contradiction(fmt::format("'{}' must be one whole number or {} of them, one per layer",
                                     full_key(name), layers));
  }
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto number = array->unsigned_at(i);
    if (!number) return contradiction(fmt::format("'{}' has a negative number", full_key(name)));
    numbers.push_back(static_cast<std::uint32_t>(*number));
  }
  return numbers;
}

}  // namespace hearth::gguf
