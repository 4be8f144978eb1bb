#include "eval/trial.h"

#include <algorithm>

#include <fmt/format.h>

#include "json/writer.h"

namespace hearth::eval {

namespace {

template <typename Amount>
double average(const Series& series, Amount amount) {
  double sum = 0;
  for (const Trial& trial : series.trials)
    sum += static_cast<double>(amount(trial));
  return series.trials.empty() ? 0 : sum / static_cast<double>(series.trials.size());
}

void write_trial(json::Writer& json, const Trial& trial) {
  json.open('{').key("task").text(trial.task).key("kind").text(trial.kind);
  json.key("done").boolean(trial.problems.empty()).key("problems").open('[');
  for (const std::string& problem : trial.problems)
    json.text(problem);
  json.close(']').key("steps").number(trial.steps).key("model_calls").number(trial.model_calls);
  json.key("tool_calls").number(trial.tool_calls).key("tokens").number(trial.tokens);
  json.key("swap_ms").number(trial.swap_ms).key("took_ms").number(trial.took_ms).close('}');
}

}  // namespace

Tally tally(const Series& series) {
  const auto done = std::count_if(series.trials.begin(), series.trials.end(),
                                  [](const Trial& trial) { return trial.problems.empty(); });
  return {series.trials.size(), static_cast<std::size_t>(done)};
}

std::vector<std::vector<std::string>> rows_of(const std::vector<Series>& every) {
  std::vector<std::vector<std::string>> rows{
      {"ROLES", "DONE", "STEPS", "MODEL CALLS", "TOOL CALLS", "TOKENS", "LOADING", "SECONDS"}};
  for (const Series& series : every) {
    const Tally sum = tally(series);
    const auto of = [&](auto member) {
      return average(series, [member](const Trial& trial) { return trial.*member; });
    };
    rows.push_back(
        {series.name, fmt::format("{} of {} ({:.1f} %)", sum.done, sum.tasks, 100 * sum.share()),
         fmt::format("{:.1f}", of(&Trial::steps)), fmt::format("{:.1f}", of(&Trial::model_calls)),
         fmt::format("{:.1f}", of(&Trial::tool_calls)), fmt::format("{:.0f}", of(&Trial::tokens)),
         fmt::format("{:.2f} s", of(&Trial::swap_ms) / 1000),
         fmt::format("{:.2f}", of(&Trial::took_ms) / 1000)});
  }
  return rows;
}

std::vector<std::string> failures_of(const std::vector<Series>& every) {
  std::vector<std::string> lines;
  for (const Series& series : every)
    for (const Trial& trial : series.trials)
      if (!trial.problems.empty())
        lines.push_back(
            fmt::format("{} ({}): {}", trial.task, series.name, fmt::join(trial.problems, "; ")));
  return lines;
}

std::string trials_json(const std::vector<Series>& every) {
  json::Writer json;
  json.open('{').key("series").open('[');
  for (const Series& series : every) {
    const Tally sum = tally(series);
    json.open('{').key("roles").text(series.name).key("tasks").number(sum.tasks);
    json.key("done").number(sum.done).key("trials").open('[');
    for (const Trial& trial : series.trials)
      write_trial(json, trial);
    json.close(']').close('}');
  }
  return json.close(']').close('}').take();
}

}  // namespace hearth::eval
