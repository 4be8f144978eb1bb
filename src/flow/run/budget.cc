#include "flow/run/budget.h"

#include <algorithm>

#include "flow/fields.h"

namespace hearth::flow {

namespace {

constexpr std::int64_t kMsInSecond = 1000;
constexpr double kWarnedAt = 0.8;

template <typename Fields, typename Kind>
void list_budget(Kind& budget, Fields&& fields) {
  fields("model_calls", budget.model_calls);
  fields("tool_calls", budget.tool_calls);
  fields("tokens", budget.tokens);
  fields("revisions", budget.revisions);
  fields("replans", budget.replans);
  fields("wall_seconds", budget.wall_seconds);
  fields("swap_seconds", budget.swap_seconds);
  fields("steps", budget.steps);
}

template <typename Fields, typename Kind>
void list_spending(Kind& spending, Fields&& fields) {
  fields("model_calls", spending.model_calls);
  fields("tool_calls", spending.tool_calls);
  fields("tokens", spending.tokens);
  fields("revisions", spending.revisions);
  fields("replans", spending.replans);
  fields("wall_ms", spending.wall_ms);
  fields("swap_ms", spending.swap_ms);
}

bool is_time_over(std::int64_t used_ms, std::uint32_t seconds) {
  return used_ms >= std::int64_t{seconds} * kMsInSecond;
}

std::optional<std::string_view> broken_by_time(const Budget& budget, const Spending& spending) {
  if (is_time_over(spending.wall_ms, budget.wall_seconds)) return "wall_seconds";
  if (is_time_over(spending.swap_ms, budget.swap_seconds)) return "swap_seconds";
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> broken_by_model_call(const Budget& budget, const Spending& spending,
                                                     std::uint32_t tokens) {
  if (spending.model_calls >= budget.model_calls) return "model_calls";
  if (std::uint64_t{spending.tokens} + tokens > budget.tokens) return "tokens";
  return broken_by_time(budget, spending);
}

std::optional<std::string_view> broken_by_tool_call(const Budget& budget,
                                                    const Spending& spending) {
  if (spending.tool_calls >= budget.tool_calls) return "tool_calls";
  return broken_by_time(budget, spending);
}

std::optional<std::string_view> nearly_used(const Budget& budget, const Spending& spending) {
  struct Share {
    std::string_view name;
    double used;
  };
  const auto share = [](std::string_view name, double used, double most) {
    return Share{name, most > 0 ? used / most : 0};
  };
  const Share shares[] = {
      share("model_calls", spending.model_calls, budget.model_calls),
      share("tool_calls", spending.tool_calls, budget.tool_calls),
      share("tokens", spending.tokens, budget.tokens),
      share("wall_seconds", static_cast<double>(spending.wall_ms) / kMsInSecond,
            budget.wall_seconds),
      share("swap_seconds", static_cast<double>(spending.swap_ms) / kMsInSecond,
            budget.swap_seconds),
  };
  const auto most =
      std::max_element(std::begin(shares), std::end(shares),
                       [](const Share& a, const Share& b) { return a.used < b.used; });
  if (most->used < kWarnedAt) return std::nullopt;
  return most->name;
}

Result<Budget> read_budget(const json::Node& node) {
  HEARTH_TRY(check_members(node, {"model_calls", "tool_calls", "tokens", "revisions", "replans",
                                  "wall_seconds", "swap_seconds", "steps"}));
  Budget budget;
  Result<void> read;
  list_budget(budget, [&](std::string_view key, auto& value) {
    if (read) read = read_field(node, key, value);
  });
  HEARTH_TRY(std::move(read));
  return budget;
}

void write_budget(json::Writer& json, const Budget& budget) {
  json.open('{');
  list_budget(budget,
              [&](std::string_view key, const auto& value) { json.key(key).number(value); });
  json.close('}');
}

void write_spending(json::Writer& json, const Spending& spending) {
  json.open('{');
  list_spending(spending,
                [&](std::string_view key, const auto& value) { json.key(key).number(value); });
  json.close('}');
}

}  // namespace hearth::flow
