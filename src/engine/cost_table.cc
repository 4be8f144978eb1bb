#include "engine/cost_table.h"

#include <cstdint>

#include "base/fd.h"
#include "base/fnv.h"
#include "base/replacement.h"
#include "engine/words.h"

namespace hearth::engine {

namespace {

constexpr std::string_view kTitle = "hearth cost table 1";
constexpr std::string_view kCheck = "check";
constexpr std::size_t kBytesMax = 64 * 1024;  // every entry takes some 40 bytes
constexpr unsigned kMode = 0600;

Failure damaged(const std::string& what) {
  return fail(Code::kCorrupt, "the cost table is damaged: " + what);
}

}  // namespace

std::string write_costs(const CostModel& cost) {
  std::string text;
  for (const CostModel::Entry& entry : cost.entries()) {
    text += "cost";
    append_number(text, entry.depth);
    append_number(text, entry.tokens);
    append_number(text, entry.ms);
    text += '\n';
  }
  return text;
}

bool read_cost(std::string_view line, CostModel& cost) {
  Words words(line);
  CostModel::Entry entry;
  words.require("cost");
  words.number(entry.depth);
  words.number(entry.tokens);
  words.number(entry.ms);
  return words.complete() && cost.restore(entry);
}

std::string write_cost_table(std::string_view key, const CostModel& cost) {
  std::string text(kTitle);
  text.append("\nkey ").append(key).append("\n").append(write_costs(cost));
  const std::uint64_t sum = base::fnv1a(text);
  append_number(text.append(kCheck), sum);
  return text + '\n';
}

Result<CostModel> read_cost_table(std::string_view text, std::string_view key) {
  const std::string_view whole = text;
  if (take_line(text) != kTitle) return damaged("it has another title");
  if (take_line(text) != "key " + std::string(key)) {
    return fail(Code::kUnavailable, "the cost table was learned under other circumstances");
  }
  CostModel cost;
  while (text.starts_with("cost ")) {
    const std::string_view line = take_line(text);
    if (!read_cost(line, cost)) return damaged("'" + std::string(line) + "' is no cost");
  }
  const std::string_view summed = whole.substr(0, whole.size() - text.size());
  std::string check(kCheck);
  append_number(check, base::fnv1a(summed));
  if (text != check + '\n') return damaged("it is not what was written");
  return cost;
}

Result<CostModel> load_cost_table(const std::string& path, std::string_view key) {
  return read_cost_table(HEARTH_TRY(base::load_text_file(path, kBytesMax)), key);
}

Result<void> keep_cost_table(const std::string& path, std::string_view key, const CostModel& cost) {
  return base::replace_file(path, write_cost_table(key, cost), kMode);
}

}  // namespace hearth::engine
