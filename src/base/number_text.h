// A number written in a text, whole and within bounds, or nothing.
//
// Threads: pure.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace hearth::base {

template <typename T>
std::optional<T> number_in(std::string_view text, T least, T most) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  // What compares with nothing ("nan") is in no bounds.
  if (!whole || !(value >= least && value <= most)) return std::nullopt;
  return value;
}

}  // namespace hearth::base
