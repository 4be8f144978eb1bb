// What a run may use, all of it hard. What a call may take is reserved before it is made, so that
// nothing is ever over.
//
// Threads: values; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "json/node.h"
#include "json/writer.h"

namespace hearth::flow {

struct Budget {
  std::uint32_t model_calls = 40;
  std::uint32_t tool_calls = 30;
  std::uint32_t tokens = 120'000;
  std::uint32_t revisions = 2;  // of a plan, for the critic
  std::uint32_t replans = 2;    // of what is left, after a step that failed
  std::uint32_t wall_seconds = 15 * 60;
  std::uint32_t swap_seconds = 120;  // of waiting for models to be loaded
  std::uint32_t steps = 8;
  bool operator==(const Budget&) const = default;
};

struct Spending {
  std::uint32_t model_calls = 0;
  std::uint32_t tool_calls = 0;
  std::uint32_t tokens = 0;
  std::uint32_t revisions = 0;
  std::uint32_t replans = 0;
  std::int64_t wall_ms = 0;  // while somebody worked at it; waiting for people does not count
  std::int64_t swap_ms = 0;
  bool operator==(const Spending&) const = default;
};

// Which limit a call that takes so many tokens at most would break; its name in Budget's JSON.
std::optional<std::string_view> broken_by_model_call(const Budget& budget, const Spending& spending,
                                                     std::uint32_t tokens);
std::optional<std::string_view> broken_by_tool_call(const Budget& budget, const Spending& spending);

// The limit of which four fifths are used, that is nearest to its end.
std::optional<std::string_view> nearly_used(const Budget& budget, const Spending& spending);

Result<Budget> read_budget(const json::Node& node);
void write_budget(json::Writer& json, const Budget& budget);
void write_spending(json::Writer& json, const Spending& spending);

}  // namespace hearth::flow
