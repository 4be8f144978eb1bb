#include "engine/schedule_trace.h"

#include <algorithm>
#include <utility>

#include "engine/cost_table.h"
#include "engine/words.h"

namespace hearth::engine {

namespace {

constexpr std::string_view kTitle = "hearth schedule trace 1";

void write_candidate(std::string& line, const Candidate& candidate) {
  // A member that is added must be traced as well, or no trace replays.
  const auto& [pending, decoding, ready, computed, last_step, rank] = candidate;
  line += " candidate";
  append_number(line, pending);
  append_number(line, decoding ? 1 : 0);
  append_number(line, ready ? 1 : 0);
  append_number(line, computed);
  append_number(line, last_step);
  append_number(line, rank);
}

Candidate read_candidate(Words& words) {
  Candidate one;
  words.number(one.tokens_pending);
  words.yes_or_no(one.decoding);
  words.yes_or_no(one.reader_ready);
  words.number(one.computed);
  words.number(one.last_step);
  words.number(one.rank);
  return one;
}

// Shares of what is no candidate would be no decision.
Share read_share(Words& words, std::size_t candidates) {
  Share share;
  words.number(share.candidate);
  words.number(share.tokens);
  if (share.candidate >= candidates) words.fail();
  return share;
}

std::optional<TracedStep> read_step(std::string_view line) {
  Words words(line);
  TracedStep step;
  words.require("step");
  words.number(step.tokens_max);
  words.number(step.pace.gap_ms);
  words.yes_or_no(step.pace.strict);
  while (words.take("candidate"))
    step.candidates.push_back(read_candidate(words));
  while (words.take("share"))
    step.shares.push_back(read_share(words, step.candidates.size()));
  if (!words.take("failed")) {
    words.require("took");
    words.number(step.ms.emplace());
  }
  return words.complete() ? std::optional(std::move(step)) : std::nullopt;
}

}  // namespace

std::uint32_t tokens_of(const TracedStep& step) {
  std::uint32_t tokens = 0;
  for (const Share& share : step.shares)
    tokens += share.tokens;
  return tokens;
}

std::uint32_t depth_of(const TracedStep& step) {
  std::uint32_t depth = 0;
  for (const Share& share : step.shares)
    depth = std::max(depth, step.candidates[share.candidate].computed);
  return depth;
}

void learn_step(CostModel& cost, const TracedStep& step) {
  if (step.ms) cost.learn(tokens_of(step), depth_of(step), *step.ms);
}

std::string write_trace_start(const CostModel& cost) {
  return std::string(kTitle) + '\n' + write_costs(cost);
}

std::string write_traced_step(const TracedStep& step) {
  std::string line = "step";
  append_number(line, step.tokens_max);
  append_number(line, step.pace.gap_ms);
  append_number(line, step.pace.strict ? 1 : 0);
  for (const Candidate& candidate : step.candidates)
    write_candidate(line, candidate);
  for (const Share& share : step.shares) {
    line += " share";
    append_number(line, share.candidate);
    append_number(line, share.tokens);
  }
  if (step.ms) {
    append_number(line += " took", *step.ms);
  } else {
    line += " failed";
  }
  return line + '\n';
}

Result<Replay> replay(std::string_view trace) {
  std::size_t number = 1;
  const auto no_trace = [&number](std::string_view line) {
    return fail(Code::kCorrupt,
                "line " + std::to_string(number) + " is of no trace: " + std::string(line));
  };
  if (const auto title = take_line(trace); title != kTitle) return no_trace(title);
  CostModel cost;
  Replay done;
  while (!trace.empty()) {
    ++number;
    const std::string_view line = take_line(trace);
    if (done.steps == 0 && read_cost(line, cost)) continue;
    const auto step = read_step(line);
    if (!step) return no_trace(line);
    auto decided = plan_step(step->candidates, step->tokens_max, cost, step->pace);
    if (decided != step->shares) {
      done.difference = TraceDifference{number, step->shares, std::move(decided)};
      return done;
    }
    ++done.steps;
    learn_step(cost, *step);
  }
  return done;
}

}  // namespace hearth::engine
