// One value of a GGUF file's metadata: a number, a truth, a text, or an array of those. Arrays
// are kept as the file holds them, so that 150,000 tokens cost little more than their text.
//
// Threads: immutable once read.
// Errors: asking a value for what it is not yields nothing; it never converts with loss.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hearth::gguf {

// The numbers are those of the file format.
enum class ValueType : std::uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};

inline constexpr std::uint32_t kValueTypes = 13;

// "u32", "string", "array".
std::string_view type_name(ValueType type);
// The bytes of one number in the file; 0 for strings and arrays.
std::size_t number_bytes(ValueType type);

using Number = std::variant<std::uint64_t, std::int64_t, double, bool>;

// Decodes number_bytes(type) little-endian bytes.
Number decode_number(ValueType type, const char* bytes);

class Array {
 public:
  static Array of_numbers(ValueType element, std::string bytes);
  // `ends[i]` is where the i-th text ends in `texts`.
  static Array of_texts(std::string texts, std::vector<std::uint32_t> ends);

  ValueType element_type() const { return element_; }
  std::size_t size() const;
  // REQUIRES: i < size(). Nothing when the elements are of another kind.
  std::optional<std::uint64_t> unsigned_at(std::size_t i) const;
  std::optional<std::int64_t> signed_at(std::size_t i) const;
  std::optional<double> real_at(std::size_t i) const;
  // REQUIRES: i < size() and elements are texts.
  std::string_view text_at(std::size_t i) const;
  // The numbers as the file holds them.
  std::string_view raw_numbers() const { return bytes_; }

 private:
  ValueType element_ = ValueType::kUint8;
  std::string bytes_;                // numbers, or all texts one after the other
  std::vector<std::uint32_t> ends_;  // of texts
};

class Value {
 public:
  Value(ValueType type, Number number) : type_(type), content_(to_content(number)) {}
  explicit Value(std::string text) : type_(ValueType::kString), content_(std::move(text)) {}
  explicit Value(Array array) : type_(ValueType::kArray), content_(std::move(array)) {}

  ValueType type() const { return type_; }
  // Any integer that is not negative.
  std::optional<std::uint64_t> as_unsigned() const;
  // Any integer that fits.
  std::optional<std::int64_t> as_signed() const;
  // Floating point only.
  std::optional<double> as_real() const;
  std::optional<bool> as_bool() const;
  const std::string* as_text() const { return std::get_if<std::string>(&content_); }
  const Array* as_array() const { return std::get_if<Array>(&content_); }

 private:
  using Content = std::variant<std::uint64_t, std::int64_t, double, bool, std::string, Array>;
  static Content to_content(const Number& number);

  ValueType type_;
  Content content_;
};

}  // namespace hearth::gguf
