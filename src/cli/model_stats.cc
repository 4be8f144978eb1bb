#include "cli/model_stats.h"

#include <cstdint>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "cli/text_table.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli {

namespace {

std::string number_text(const json::Node& object, std::string_view key) {
  constexpr double kMost = std::numeric_limits<double>::max();
  const auto field = object.is_object() ? object.find(key) : std::nullopt;
  const auto number = field ? field->number(-kMost, kMost) : Result<double>(0.0);
  return number ? fmt::format("{:.10g}", *number) : "-";
}

std::string text_of(const json::Node& object, std::string_view key) {
  const auto field = object.find(key);
  return field && field->is_string() ? std::string(*field->text()) : std::string();
}

std::string figures_table(const json::Node& figures) {
  std::vector<std::vector<std::string>> rows{
      {"FIGURE", "COUNT", "MEAN", "P50", "P90", "P99", "MOST"}};
  const auto members = figures.members();
  if (!members) return {};
  for (const auto& [name, figure] : *members) {
    std::vector<std::string> row{std::string(name)};
    for (const char* key : {"count", "mean", "p50", "p90", "p99", "most"})
      row.push_back(number_text(figure, key));
    rows.push_back(std::move(row));
  }
  return text_table(rows);
}

}  // namespace

Result<std::string> model_stats_text(std::string_view reply) {
  const auto value = HEARTH_TRY(json::parse(reply));
  const json::Node root(value);
  if (!root.is_object()) return fail(Code::kUpstream, "the daemon's figures are no object");
  const auto number = [&root](std::string_view key) { return number_text(root, key); };
  std::string text = fmt::format(
      "{}\nrequests  {} running, {} waiting, {} answered, {} cancelled, {} failed\n"
      "tokens    {} of prompts ({} cached), {} of answers, in {} steps\n"
      "pool      {} of {} tokens used, {} times a request gave its place to another\n",
      text_of(root, "model"), number("running"), number("waiting"), number("requests_finished"),
      number("requests_cancelled"), number("requests_failed"), number("prompt_tokens"),
      number("cached_tokens"), number("completion_tokens"), number("steps"),
      number("kv_tokens_used"), number("kv_tokens"), number("preempted"));
  const auto cache = root.find("prefix_cache");
  if (cache && cache->is_object() && !text_of(*cache, "state").empty()) {
    text += fmt::format("prefixes  {}, {} hits, {} bytes in memory, {} on disk\n",
                        text_of(*cache, "state"), number_text(*cache, "hits"),
                        number_text(*cache, "ram_bytes"), number_text(*cache, "disk_bytes"));
  }
  if (const auto figures = root.find("figures")) text += figures_table(*figures);
  return text;
}

}  // namespace hearth::cli
