// Which sequences compute how many tokens in the next step. Pure decisions over a few numbers;
// they know no model, no thread and no clock.
//
// Rules: every sequence that writes gets its one token first; when they are more than a step
//        holds, those go first that waited longest. What is left goes to prompts, lowest rank
//        first, as much as keeps the step within the pace that those who write were promised.
//        A sequence whose reader is behind waits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/cost_model.h"

namespace hearth::engine {

struct Candidate {
  std::uint32_t tokens_pending = 0;  // known and not yet computed; 1 while decoding
  bool decoding = false;
  bool reader_ready = true;
  std::uint32_t computed = 0;   // tokens before those
  std::uint64_t last_step = 0;  // in which it had a part
  double rank = 0;              // rank_of(); only of prompts
};

// What those who write were promised.
struct Pace {
  double gap_ms = 200;  // between two tokens of one answer
  // Otherwise prompts get a third of every step, and where no step that keeps the gap gets on well,
  // one of kEfficientStep tokens is taken: below that size some models compute at half their speed.
  bool strict = false;
};
inline constexpr std::uint32_t kEfficientStep = 64;
inline constexpr std::uint32_t kSmallestStep = 16;
inline constexpr std::uint32_t kSmallestChunk = 8;

struct Share {
  std::size_t candidate = 0;
  std::uint32_t tokens = 0;
  bool operator==(const Share&) const = default;
};

std::vector<Share> plan_step(std::span<const Candidate> candidates, std::uint32_t tokens_max,
                             const CostModel& cost, const Pace& pace);

// How many tokens of prompts may stand beside `decoding` sequences in one step.
std::uint32_t prefill_budget(std::uint32_t decoding, std::uint32_t depth, std::uint32_t tokens_max,
                             const CostModel& cost, const Pace& pace);

// How many tokens a step may have at most while other processes wait for the same cores: as many as
// keep the gap of their answers, but not fewer than compute well.
std::uint32_t tokens_beside_others(std::uint32_t depth, const CostModel& cost, const Pace& pace);

// What decides which prompt is next, and which waiting request is admitted: the lower the sooner.
struct Standing {
  std::uint32_t tokens_left = 0;
  double waited_s = 0;  // since it arrived
  std::int32_t priority = 0;
  double client_tokens = 0;  // that its client has had lately (fair_share.h)
};
double rank_of(const Standing& standing);

}  // namespace hearth::engine
