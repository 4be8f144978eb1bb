#include "engine/kv_ledger.h"

#include <algorithm>
#include <unordered_map>

#include "base/result.h"

namespace hearth::engine {

Holding first_of(const Holding& holding, std::size_t tokens) {
  Holding first;
  for (Run run : holding) {
    if (run.from >= tokens) break;
    run.to = std::min(run.to, tokens);
    first.push_back(run);
  }
  HEARTH_ASSERT(tokens == 0 || (!first.empty() && first.back().to == tokens));
  return first;
}

std::size_t cells(std::span<const Holding> holdings) {
  std::unordered_map<std::uint64_t, std::size_t> longest;  // by origin
  for (const Holding& holding : holdings) {
    for (const Run& run : holding) {
      std::size_t& known = longest[run.origin];
      known = std::max(known, run.to - run.from);
    }
  }
  std::size_t sum = 0;
  for (const auto& [origin, count] : longest)
    sum += count;
  return sum;
}

}  // namespace hearth::engine
