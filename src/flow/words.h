// The words that stand for the values of an enumeration in JSON, in their order.
//
//   constexpr Words<Role, 3> kRoles{{"planner", "critic", "executor"}};
//
// Threads: pure.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/result.h"
#include "json/node.h"

namespace hearth::flow {

template <typename Value, std::size_t kCount>
struct Words {
  std::array<std::string_view, kCount> words;

  constexpr std::string_view word(Value value) const {
    return words[static_cast<std::size_t>(value)];
  }
  constexpr std::optional<Value> find(std::string_view word) const {
    for (std::size_t i = 0; i < kCount; ++i)
      if (words[i] == word) return static_cast<Value>(i);
    return std::nullopt;
  }
  Result<Value> read(const json::Node& node) const {
    const std::string_view word = HEARTH_TRY(node.text());
    const std::optional<Value> found = find(word);
    if (!found) return fail(node.wrong(fmt::format("must be one of {}", fmt::join(words, ", "))));
    return *found;
  }
};

}  // namespace hearth::flow
