// What the scheduler decided, and from what, as text that a test can decide anew: whoever has the
// trace of a step that went wrong on some machine can see why on another.
// docs/formats/schedule-trace.md is the specification of the text.
//
// Threads: values and pure functions.
// Errors:  kCorrupt, with the number of the line, for a text that is no trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/cost_model.h"
#include "engine/schedule.h"

namespace hearth::engine {

// One step: what was to be decided, the decision, and what came of it.
struct TracedStep {
  std::uint32_t tokens_max = 0;
  Pace pace;
  std::vector<Candidate> candidates;
  std::vector<Share> shares;
  std::optional<double> ms;  // nothing when the step was not computed whole
};

std::uint32_t tokens_of(const TracedStep& step);
std::uint32_t depth_of(const TracedStep& step);  // where the deepest sequence with a share stands
// What a step that was computed whole tells about costs; any other tells nothing.
void learn_step(CostModel& cost, const TracedStep& step);

// How a trace begins: with what was known of costs before its first step.
std::string write_trace_start(const CostModel& cost);
std::string write_traced_step(const TracedStep& step);

// A step that is decided otherwise than it was.
struct TraceDifference {
  std::size_t line = 0;  // from 1
  std::vector<Share> recorded;
  std::vector<Share> decided;
};
struct Replay {
  std::size_t steps = 0;  // those that were decided as they were
  std::optional<TraceDifference> difference;
};
// Decides every step again, learning from each as the engine did, until one is decided otherwise.
Result<Replay> replay(std::string_view trace);

}  // namespace hearth::engine
