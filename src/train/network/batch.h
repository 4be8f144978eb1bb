// What a network reads at once: the tokens of several conversations, one after the other. None
// of them sees another, and positions begin at 0 in each; no space between them is computed.
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <vector>

namespace hearth::train {

inline constexpr std::int32_t kNoTarget = -1;

struct Segment {
  std::size_t begin = 0;
  std::size_t length = 0;
};

struct Batch {
  std::vector<std::int32_t> tokens;
  std::vector<std::int32_t> targets;  // what each should be followed by, or kNoTarget
  std::vector<Segment> segments;

  void clear() {
    tokens.clear();
    targets.clear();
    segments.clear();
  }
  std::size_t target_count() const {
    std::size_t count = 0;
    for (const std::int32_t target : targets)
      count += target == kNoTarget ? 0 : 1;
    return count;
  }
};

}  // namespace hearth::train
