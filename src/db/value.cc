#include "db/value.h"

#include <cmath>

#include "base/utf8.h"

namespace hearth::db {

namespace {

const char* objection(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (text->find('\0') != std::string::npos) return "a text with a zero byte";
    if (!base::is_utf8(*text)) return "a text that is not UTF-8";
  }
  if (const auto* number = std::get_if<double>(&value)) {
    if (!std::isfinite(*number)) return "a number that is not finite";
  }
  return nullptr;
}

}  // namespace

Result<void> check_values(const std::vector<Value>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (const char* what = objection(values[i])) {
      return fail(Code::kInvalidArgument, "value $" + std::to_string(i + 1) + " is " + what +
                                              ", which a database cannot keep as it is");
    }
  }
  return {};
}

double Columns::real() {
  if (place_ < row_.size()) {
    if (const auto* whole = std::get_if<std::int64_t>(&row_[place_])) {
      ++place_;
      return static_cast<double>(*whole);
    }
  }
  return next<double>().value_or(0);
}

Result<void> Columns::finish() const {
  if (agrees_ && place_ == row_.size()) return {};
  return fail(Code::kCorrupt, "a row of " + std::to_string(row_.size()) +
                                  " columns does not have what was kept in it");
}

}  // namespace hearth::db
