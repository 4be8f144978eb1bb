#include "engine/candidates.h"

#include <algorithm>
#include <array>
#include <bit>
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

constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr std::size_t kWordBits = 64;

// For each value of eight bits of a mask: the bits of floats that stay, in eight lanes.
using LaneBits = std::array<std::uint32_t, kLanes>;
constexpr std::array<LaneBits, 256> make_lane_bits() {
  std::array<LaneBits, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      table[byte][lane] = ((byte >> lane) & 1) != 0 ? ~std::uint32_t{0} : 0;
  }
  return table;
}
constexpr std::array<LaneBits, 256> kLaneBits = make_lane_bits();

// The same of the allowed ones: every other logit counts as one that never is.
float highest_allowed_of_block(const float* logits, const std::uint64_t* words) {
  if ((words[0] & words[1]) == kAll) return highest_of_block(logits);
  if ((words[0] | words[1]) == 0) return kNever;
  constexpr auto never = std::bit_cast<std::uint32_t>(kNever);
  std::array<float, kLanes> best;
  best.fill(kNever);
  for (std::size_t at = 0; at < kBlock; at += kLanes) {
    const std::uint64_t word = words[at / kWordBits];
    const LaneBits& stays = kLaneBits[(word >> (at % kWordBits)) & 0xFF];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const auto bits = std::bit_cast<std::uint32_t>(logits[at + lane]);
      const auto logit = std::bit_cast<float>((bits & stays[lane]) | (never & ~stays[lane]));
      best[lane] = logit > best[lane] ? logit : best[lane];
    }
  }
  return *std::max_element(best.begin(), best.end());
}

std::vector<float> highest_of_blocks(std::span<const float> logits, Allowed allowed) {
  std::vector<float> best;
  best.reserve(logits.size() / kBlock + 1);
  std::size_t at = 0;
  for (; at + kBlock <= logits.size(); at += kBlock) {
    best.push_back(allowed.empty()
                       ? highest_of_block(&logits[at])
                       : highest_allowed_of_block(&logits[at], &allowed[at / kWordBits]));
  }
  if (at == logits.size()) return best;
  float last = kNever;
  for (; at < logits.size(); ++at) {
    if (is_allowed(allowed, at)) last = std::max(last, logits[at]);
  }
  best.push_back(last);
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

std::vector<llama_token_data> highest(std::span<const float> logits, std::size_t count,
                                      Allowed allowed) {
  if (count == 0) return {};
  const std::vector<float> blocks = highest_of_blocks(logits, allowed);
  const float least = reached_by(count, blocks);
  std::vector<llama_token_data> found;
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    if (blocks[block] < least || blocks[block] == kNever) continue;
    const std::size_t end = std::min((block + 1) * kBlock, logits.size());
    for (std::size_t at = block * kBlock; at < end; ++at) {
      if (logits[at] < least || logits[at] == kNever || !is_allowed(allowed, at)) continue;
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

std::vector<llama_token_data> possible(std::span<const float> logits, Allowed allowed) {
  std::vector<llama_token_data> found;
  if (allowed.empty()) found.reserve(logits.size());
  for (std::size_t at = 0; at < logits.size(); ++at) {
    if (logits[at] != kNever && is_allowed(allowed, at))
      found.push_back({static_cast<llama_token>(at), logits[at], 0.0F});
  }
  return found;
}

}  // namespace hearth::engine
