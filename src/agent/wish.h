// What somebody who asks a model wishes of tools: which of them, where they work, and when it is
// enough. Beside chat::Request, because no model and no runner hears of it.
//
// Threads: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/units.h"

namespace hearth::agent {

inline constexpr std::uint32_t kRoundsUsual = 8;
inline constexpr std::uint32_t kRoundsMax = 100;

// When tools are taken away from a model, and it has to answer with what it knows.
struct Limits {
  std::uint32_t rounds = kRoundsUsual;  // answers that may call tools
  std::uint32_t calls = 16;             // in one answer; what is more is not made
  std::uint32_t repeats = 3;  // the same call so many times is a model that runs in circles
  std::size_t output_bytes = 64 * base::kKiB;  // of all results of one turn
};

struct Wish {
  std::vector<std::string> names = {};  // of tools; none: all that there are
  std::string workspace = {};           // absolute; empty: that of the settings
  std::uint32_t rounds = kRoundsUsual;  // at most kRoundsMax
  bool operator==(const Wish&) const = default;
};

}  // namespace hearth::agent
