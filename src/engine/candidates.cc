#include "engine/candidates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

namespace hearth::engine {

namespace {

constexpr std::size_t kLanes = 8;    // compared side by side; more would not stay in registers
constexpr std::size_t kBlock = 128;  // logits that are looked at together, or not at all
constexpr float kNever = -std::numeric_limits<float>::infinity();

// Written in lanes, because a compiler may not reorder comparisons of floats by itself.
float highest_of_block(const float* logits) {
  std::array<float, kLanes> best;
  best.fill(kNever);
  for (std::size_t at = 0; at < kBlock; at += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float logit = logits[at + lane];
      best[lane] = logit > best[lane] ? logit : best[lane];
    }
  }
  return *std::max_element(best.begin(), best.end());
}

std::vector<float> highest_of_blocks(std::span<const float> logits) {
  std::vector<float> best;
  best.reserve(logits.size() / kBlock + 1);
  std::size_t at = 0;
  for (; at + kBlock <= logits.size(); at += kBlock)
    best.push_back(highest_of_block(&logits[at]));
  if (at < logits.size()) {
    best.push_back(
        *std::max_element(logits.begin() + static_cast<std::ptrdiff_t>(at), logits.end()));
  }
  return best;
}

// A logit that at least `count` logits reach: each of so many blocks has one.
float reached_by(std::size_t count, std::vector<float> blocks) {
  if (count > blocks.size()) return kNever;
  const auto last = blocks.begin() + static_cast<std::ptrdiff_t>(count - 1);
  std::nth_element(blocks.begin(), last, blocks.end(), std::greater<>());
  return *last;
}

}  // namespace

bool are_numbers(std::span<const float> logits) {
  std::array<std::uint32_t, kLanes> wrong{};
  std::size_t at = 0;
  for (; at + kLanes <= logits.size(); at += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      wrong[lane] |= logits[at + lane] <= std::numeric_limits<float>::max() ? 0U : 1U;
  }
  for (; at < logits.size(); ++at)
    wrong[0] |= logits[at] <= std::numeric_limits<float>::max() ? 0U : 1U;
  return std::all_of(wrong.begin(), wrong.end(), [](std::uint32_t lane) { return lane == 0; });
}

std::vector<llama_token_data> highest(std::span<const float> logits, std::size_t count) {
  if (count == 0) return {};
  const std::vector<float> blocks = highest_of_blocks(logits);
  const float least = reached_by(count, blocks);
  std::vector<llama_token_data> found;
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    if (blocks[block] < least) continue;
    const std::size_t end = std::min((block + 1) * kBlock, logits.size());
    for (std::size_t at = block * kBlock; at < end; ++at) {
      if (logits[at] < least || logits[at] == kNever) continue;
      found.push_back({static_cast<llama_token>(at), logits[at], 0.0F});
    }
  }
  const auto before = [](const llama_token_data& a, const llama_token_data& b) {
    return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
  };
  count = std::min(count, found.size());
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(found.begin(), end, found.end(), before);
  found.resize(count);
  return found;
}

std::vector<llama_token_data> possible(std::span<const float> logits) {
  std::vector<llama_token_data> found;
  found.reserve(logits.size());
  for (std::size_t at = 0; at < logits.size(); ++at) {
    if (logits[at] != kNever) found.push_back({static_cast<llama_token>(at), logits[at], 0.0F});
  }
  return found;
}

}  // namespace hearth::engine
