// One line of a file of pairs:
//   {"query": "…", "document": "…", "not": ["…", …], "about": "…"}
// The query should find the document, and not the near-misses of `not`. Pairs with the same
// `about` say the same thing, so that neither is a rival of the other; without it that is said of
// pairs with the same document only.
//
// Errors:  kInvalidArgument that says which field.
// Limits:  those of json::parse(), and kNearMissesMax.
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::train {

inline constexpr std::size_t kNearMissesMax = 64;

struct Pair {
  std::string query;
  std::string document;
  std::vector<std::string> near_misses;
  std::string about;  // the document where the line has none
};

Result<Pair> read_pair(std::string_view line);

}  // namespace hearth::train
