// What stands in a column, and what a statement answers: the same five kinds for every driver.
// There are no dates and no truths; those are numbers.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"

namespace hearth::db {

// Bytes that need not be a text.
struct Bytes {
  std::string content;
  bool operator==(const Bytes&) const = default;
};

// The first is nothing, SQL's null. A text is UTF-8 without a zero byte, a number is finite: what
// one of the drivers would keep differently is refused by both.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Bytes>;
using Row = std::vector<Value>;

// Nothing, or a value.
template <typename T>
Value nullable(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

struct Answer {
  std::vector<Row> rows;
  std::int64_t changes = 0;  // rows that were inserted, updated or deleted

  bool operator==(const Answer&) const = default;
};

// kInvalidArgument, which says the number of the value and never the value.
Result<void> check_values(const std::vector<Value>& values);

// Reads a row from left to right. What does not agree is told once, at the end:
//
//   Columns columns(row);
//   key.id = columns.text();
//   key.revoked_ms = columns.maybe_integer();
//   HEARTH_TRY(columns.finish());
//
// REQUIRES: the row outlives it.
class Columns {
 public:
  explicit Columns(const Row& row) : row_(row) {}

  std::int64_t integer() { return next<std::int64_t>().value_or(0); }
  double real();
  std::string text() { return next<std::string>().value_or(""); }
  std::string bytes() { return next<Bytes>().value_or(Bytes()).content; }
  std::optional<std::int64_t> maybe_integer() { return maybe<std::int64_t>(); }
  std::optional<std::string> maybe_text() { return maybe<std::string>(); }

  // kCorrupt when a column was not there or not what was asked for, or when some were not read.
  Result<void> finish() const;

 private:
  template <typename T>
  std::optional<T> next() {
    const std::size_t place = place_++;
    if (place < row_.size()) {
      if (const T* value = std::get_if<T>(&row_[place])) return *value;
    }
    agrees_ = false;
    return std::nullopt;
  }
  template <typename T>
  std::optional<T> maybe() {
    const bool nothing = place_ < row_.size() && row_[place_].index() == 0;
    if (!nothing) return next<T>();
    ++place_;
    return std::nullopt;
  }

  const Row& row_;
  std::size_t place_ = 0;
  bool agrees_ = true;
};

}  // namespace hearth::db
