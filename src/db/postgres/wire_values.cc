#include "db/postgres/wire_values.h"

#include <array>
#include <charconv>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>

#include <libpq-fe.h>

#include "base/number_text.h"

namespace hearth::db {

namespace {

// Of the server's catalogue; they are the same in every PostgreSQL.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kOid = 26;
constexpr Oid kFloat4 = 700;
constexpr Oid kFloat8 = 701;
constexpr Oid kNumeric = 1700;
constexpr Oid kUnknown = 0;

constexpr int kAsText = 0;
constexpr int kAsBytes = 1;

std::string shortest(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
  return std::string(text.data(), end.ptr);
}

std::optional<Value> whole(std::string_view text) {
  using Limits = std::numeric_limits<std::int64_t>;
  const auto number = base::number_in<std::int64_t>(text, Limits::min(), Limits::max());
  return number ? std::optional<Value>(*number) : std::nullopt;
}

std::optional<Value> real(std::string_view text) {
  constexpr double kMost = std::numeric_limits<double>::max();
  const auto number = base::number_in<double>(text, -kMost, kMost);
  return number ? std::optional<Value>(*number) : std::nullopt;
}

std::optional<Value> bytes(const char* text) {
  std::size_t size = 0;
  const std::unique_ptr<unsigned char, decltype(&::PQfreemem)> content(
      ::PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &size), &::PQfreemem);
  if (!content) return std::nullopt;
  return Bytes{std::string(reinterpret_cast<const char*>(content.get()), size)};
}

std::optional<Value> value_of(Oid type, const char* text) {
  switch (type) {
    case kBool:
      return Value(std::int64_t{*text == 't'});
    case kInt2:
    case kInt4:
    case kInt8:
    case kOid:
      return whole(text);
    case kNumeric:
      if (auto number = whole(text)) return number;
      return real(text);
    case kFloat4:
    case kFloat8:
      return real(text);
    case kBytea:
      return bytes(text);
    default:
      return Value(std::string(text));
  }
}

}  // namespace

struct Parameters::Add {
  Parameters& to;

  void put(Oid type, const char* content, std::size_t size, int format) const {
    to.types_.push_back(type);
    to.contents_.push_back(content);
    to.lengths_.push_back(static_cast<int>(size));
    to.formats_.push_back(format);
  }
  void put_number(Oid type, std::string text) const {
    const std::string& kept = to.numbers_.emplace_back(std::move(text));
    put(type, kept.c_str(), kept.size(), kAsText);
  }
  void operator()(std::monostate) const { put(kUnknown, nullptr, 0, kAsText); }
  void operator()(std::int64_t number) const { put_number(kInt8, std::to_string(number)); }
  void operator()(double number) const { put_number(kFloat8, shortest(number)); }
  void operator()(const std::string& text) const { put(kText, text.c_str(), text.size(), kAsText); }
  void operator()(const Bytes& of) const {
    put(kBytea, of.content.data(), of.content.size(), kAsBytes);
  }
};

Parameters::Parameters(const std::vector<Value>& values) {
  numbers_.reserve(values.size());
  for (const Value& value : values)
    std::visit(Add{*this}, value);
}

Result<std::vector<Row>> rows_of(const PGresult* result) {
  std::vector<Row> rows;
  for (int i = 0; i < ::PQntuples(result); ++i) {
    Row& row = rows.emplace_back();
    for (int column = 0; column < ::PQnfields(result); ++column) {
      if (::PQgetisnull(result, i, column) != 0) {
        row.emplace_back();
        continue;
      }
      auto value = value_of(::PQftype(result, column), ::PQgetvalue(result, i, column));
      if (!value) {
        return fail(Code::kCorrupt,
                    "column " + std::to_string(column + 1) + " has no value that can be read");
      }
      row.push_back(std::move(*value));
    }
  }
  return rows;
}

}  // namespace hearth::db
