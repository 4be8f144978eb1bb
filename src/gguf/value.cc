#include "gguf/value.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/result.h"

namespace hearth::gguf {

static_assert(std::endian::native == std::endian::little,
              "GGUF numbers are read as the memory of a little-endian machine");

namespace {

template <typename T>
T load_as(const char* bytes) {
  T number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

std::optional<std::uint64_t> to_unsigned(const Number& number) {
  if (const auto* positive = std::get_if<std::uint64_t>(&number)) return *positive;
  if (const auto* either = std::get_if<std::int64_t>(&number); either != nullptr && *either >= 0) {
    return static_cast<std::uint64_t>(*either);
  }
  return std::nullopt;
}

std::optional<std::int64_t> to_signed(const Number& number) {
  if (const auto* either = std::get_if<std::int64_t>(&number)) return *either;
  const auto* positive = std::get_if<std::uint64_t>(&number);
  if (positive != nullptr &&
      *positive <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return static_cast<std::int64_t>(*positive);
  }
  return std::nullopt;
}

}  // namespace

std::string_view type_name(ValueType type) {
  constexpr std::array<std::string_view, kValueTypes> kNames = {
      "u8",   "i8",     "u16",   "i16", "u32", "i32", "f32",
      "bool", "string", "array", "u64", "i64", "f64"};
  return kNames.at(static_cast<std::size_t>(type));
}

std::size_t number_bytes(ValueType type) {
  switch (type) {
    case ValueType::kUint8:
    case ValueType::kInt8:
    case ValueType::kBool:
      return 1;
    case ValueType::kUint16:
    case ValueType::kInt16:
      return 2;
    case ValueType::kUint32:
    case ValueType::kInt32:
    case ValueType::kFloat32:
      return 4;
    case ValueType::kUint64:
    case ValueType::kInt64:
    case ValueType::kFloat64:
      return 8;
    case ValueType::kString:
    case ValueType::kArray:
      return 0;
  }
  return 0;
}

Number decode_number(ValueType type, const char* bytes) {
  switch (type) {
    case ValueType::kUint8:
      return std::uint64_t{load_as<std::uint8_t>(bytes)};
    case ValueType::kInt8:
      return std::int64_t{load_as<std::int8_t>(bytes)};
    case ValueType::kUint16:
      return std::uint64_t{load_as<std::uint16_t>(bytes)};
    case ValueType::kInt16:
      return std::int64_t{load_as<std::int16_t>(bytes)};
    case ValueType::kUint32:
      return std::uint64_t{load_as<std::uint32_t>(bytes)};
    case ValueType::kInt32:
      return std::int64_t{load_as<std::int32_t>(bytes)};
    case ValueType::kFloat32:
      return double{load_as<float>(bytes)};
    case ValueType::kBool:
      return load_as<std::uint8_t>(bytes) != 0;
    case ValueType::kUint64:
      return load_as<std::uint64_t>(bytes);
    case ValueType::kInt64:
      return load_as<std::int64_t>(bytes);
    case ValueType::kFloat64:
      return load_as<double>(bytes);
    case ValueType::kString:
    case ValueType::kArray:
      break;
  }
  HEARTH_ASSERT(!"strings and arrays are no numbers");
  return std::uint64_t{0};
}

Array Array::of_numbers(ValueType element, std::string bytes) {
  Array array;
  array.element_ = element;
  array.bytes_ = std::move(bytes);
  return array;
}

Array Array::of_texts(std::string texts, std::vector<std::uint32_t> ends) {
  Array array;
  array.element_ = ValueType::kString;
  array.bytes_ = std::move(texts);
  array.ends_ = std::move(ends);
  return array;
}

std::size_t Array::size() const {
  return element_ == ValueType::kString ? ends_.size() : bytes_.size() / number_bytes(element_);
}

std::optional<std::uint64_t> Array::unsigned_at(std::size_t i) const {
  if (element_ == ValueType::kString) return std::nullopt;
  return to_unsigned(decode_number(element_, bytes_.data() + i * number_bytes(element_)));
}

std::optional<std::int64_t> Array::signed_at(std::size_t i) const {
  if (element_ == ValueType::kString) return std::nullopt;
  return to_signed(decode_number(element_, bytes_.data() + i * number_bytes(element_)));
}

std::optional<double> Array::real_at(std::size_t i) const {
  if (element_ == ValueType::kString) return std::nullopt;
  const Number number = decode_number(element_, bytes_.data() + i * number_bytes(element_));
  const auto* real = std::get_if<double>(&number);
  return real == nullptr ? std::nullopt : std::optional(*real);
}

std::string_view Array::text_at(std::size_t i) const {
  HEARTH_ASSERT(element_ == ValueType::kString && i < ends_.size());
  const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(bytes_).substr(begin, ends_[i] - begin);
}

Value::Content Value::to_content(const Number& number) {
  return std::visit([](auto content) { return Content(content); }, number);
}

std::optional<std::uint64_t> Value::as_unsigned() const {
  if (const auto* number = std::get_if<std::uint64_t>(&content_)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&content_)) return to_unsigned(*number);
  return std::nullopt;
}

std::optional<std::int64_t> Value::as_signed() const {
  if (const auto* number = std::get_if<std::uint64_t>(&content_)) return to_signed(*number);
  if (const auto* number = std::get_if<std::int64_t>(&content_)) return *number;
  return std::nullopt;
}

std::optional<double> Value::as_real() const {
  const auto* number = std::get_if<double>(&content_);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<bool> Value::as_bool() const {
  const auto* truth = std::get_if<bool>(&content_);
  return truth == nullptr ? std::nullopt : std::optional(*truth);
}

}  // namespace hearth::gguf
