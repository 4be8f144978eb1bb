#include "engine/schedule.h"

#include <algorithm>
#include <array>
#include <utility>

namespace hearth::engine {

namespace {

// A prompt that came a second earlier may be this much longer and still goes first; so whatever
// comes later, every prompt is the first one day.
constexpr double kTokensPerSecond = 100;
// One step of priority weighs as much as this many tokens of prompt, or 20 seconds of waiting.
constexpr double kTokensPerPriority = 2000;

// Sizes of whole steps: attention computes 64 rows at a time, and a row more costs as many again.
constexpr std::array<std::uint32_t, 6> kSteps{128, 96, 64, 48, 32, kSmallestStep};
// A step that keeps the gap is taken where it computes this much of what an efficient one would.
constexpr double kWorthIt = 0.7;
// The gap is never held below what several bare steps take: prompts would not get on at all.
constexpr double kBareSteps = 3;

std::vector<std::size_t> pick(std::span<const Candidate> candidates, bool decoding) {
  std::vector<std::size_t> picked;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& one = candidates[i];
    if (one.decoding == decoding && one.reader_ready && one.tokens_pending > 0) picked.push_back(i);
  }
  return picked;
}

}  // namespace

double rank_of(const Standing& standing) {
  return standing.tokens_left + standing.client_tokens - kTokensPerPriority * standing.priority -
         kTokensPerSecond * standing.waited_s;
}

std::uint32_t prefill_budget(std::uint32_t decoding, std::uint32_t depth, std::uint32_t tokens_max,
                             const CostModel& cost, const Pace& pace) {
  const std::uint32_t room = tokens_max - std::min(tokens_max, decoding);
  if (decoding == 0) return room;
  const auto beside = [&](std::uint32_t step) {
    return std::min(room, std::max(kSmallestChunk, step - std::min(step, decoding)));
  };
  const auto took = [&](std::uint32_t tokens) { return cost.predict(decoding + tokens, depth); };
  const auto rate = [&](std::uint32_t tokens) { return tokens / std::max(took(tokens), 1e-6); };
  const double bare = cost.predict(decoding, depth);
  const double gap = pace.strict ? pace.gap_ms : std::max(pace.gap_ms, kBareSteps * bare);
  std::uint32_t best = 0;
  for (const std::uint32_t step : kSteps) {
    const std::uint32_t tokens = beside(step);
    if (took(tokens) <= gap && (best == 0 || rate(tokens) > rate(best))) best = tokens;
  }
  if (pace.strict) return best > 0 ? best : beside(kSmallestStep);
  const std::uint32_t efficient = beside(kEfficientStep);
  return best > 0 && rate(best) >= kWorthIt * rate(efficient) ? best : efficient;
}

std::uint32_t tokens_beside_others(std::uint32_t depth, const CostModel& cost, const Pace& pace) {
  const auto keeps = [&](std::uint32_t step) {
    return step <= kEfficientStep || cost.predict(step, depth) <= pace.gap_ms;
  };
  return *std::find_if(kSteps.begin(), kSteps.end(), keeps);
}

std::vector<Share> plan_step(std::span<const Candidate> candidates, std::uint32_t tokens_max,
                             const CostModel& cost, const Pace& pace) {
  std::vector<Share> shares;
  auto writing = pick(candidates, true);
  // Places break ties, so that a plan follows from its candidates alone.
  std::sort(writing.begin(), writing.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(candidates[a].last_step, a) < std::pair(candidates[b].last_step, b);
  });
  auto prompts = pick(candidates, false);
  // However many write, prompts get a third of the step.
  const std::size_t places = prompts.empty() ? tokens_max : tokens_max - tokens_max / 3;
  if (writing.size() > places) writing.resize(places);
  std::uint32_t depth = 0;
  for (const std::size_t i : writing) {
    shares.push_back({i, 1});
    depth = std::max(depth, candidates[i].computed);
  }
  std::sort(prompts.begin(), prompts.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(candidates[a].rank, a) < std::pair(candidates[b].rank, b);
  });
  if (!prompts.empty()) depth = std::max(depth, candidates[prompts.front()].computed);
  std::uint32_t left =
      prefill_budget(static_cast<std::uint32_t>(writing.size()), depth, tokens_max, cost, pace);
  for (const std::size_t i : prompts) {
    const std::uint32_t tokens = std::min(left, candidates[i].tokens_pending);
    if (tokens == 0) break;
    shares.push_back({i, tokens});
    left -= tokens;
  }
  return shares;
}

}  // namespace hearth::engine
