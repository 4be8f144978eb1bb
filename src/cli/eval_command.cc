// `hearth eval flow`: golden tasks done with each role on and off, so that planner and critic have
// to prove their worth on this machine and these models.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/eval/flow_trial.h"
#include "cli/interrupt.h"
#include "cli/text_table.h"
#include "eval/golden_task.h"

namespace hearth::cli {

namespace {

struct Options {
  std::string tasks;  // a file; empty: those that Hearth brings
  std::string planner, critic, executor;
  std::size_t limit = 0;  // of each kind; 0: all
  double goal = 0;        // in percent
  bool all_roles = false;
  bool json = false;
};

constexpr const char* kNobody = "none";

// `limit` of each kind, the first ones.
std::vector<eval::GoldenTask> limited(std::vector<eval::GoldenTask> tasks, std::size_t limit) {
  if (limit == 0) return tasks;
  std::map<std::string, std::size_t> taken;
  std::erase_if(tasks, [&](const eval::GoldenTask& task) { return taken[task.kind]++ >= limit; });
  return tasks;
}

struct Work {
  std::vector<eval::GoldenTask> tasks;
  std::vector<FlowRoles> every;
};

Result<std::vector<Work>> work_of(const Options& options) {
  const FlowRoles all{"all roles", options.planner, options.critic, options.executor};
  const FlowRoles without_critic{"without critic", options.planner, kNobody, options.executor};
  const FlowRoles alone{"executor alone", kNobody, kNobody, options.executor};
  std::vector<FlowRoles> every{all};
  if (!options.all_roles) every = {all, without_critic, alone};
  std::vector<Work> work;
  if (!options.tasks.empty()) {
    const std::string lines =
        HEARTH_TRY(base::load_text_file(options.tasks, eval::kGoldenBytesMost));
    work.push_back({HEARTH_TRY(eval::read_golden_tasks(lines)), every});
    return work;
  }
  work.push_back({HEARTH_TRY(eval::read_golden_tasks(eval::built_in_tasks())), every});
  if (options.all_roles) return work;
  FlowRoles planted = all, unseen = without_critic;
  planted.name = "planted defects, all roles";
  unseen.name = "planted defects, without critic";
  work.push_back(
      {HEARTH_TRY(eval::read_golden_tasks(eval::built_in_planted_tasks())), {planted, unseen}});
  return work;
}

Result<eval::Series> try_all(const DaemonApi& daemon, const std::vector<eval::GoldenTask>& tasks,
                             const FlowRoles& roles, Context& context) {
  Interrupt interrupt;
  eval::Series series{roles.name, {}};
  for (const eval::GoldenTask& task : tasks) {
    eval::Trial trial = HEARTH_TRY(try_task(daemon, task, roles, interrupt));
    context.console().notice(
        fmt::format("{}/{}  {}  {}{}", series.trials.size() + 1, tasks.size(), roles.name, task.id,
                    trial.problems.empty() ? "" : ": " + one_line(trial.problems.front())));
    series.trials.push_back(std::move(trial));
  }
  return series;
}

Result<int> evaluate(const Options& options, Context& context) {
  const std::vector<Work> every = HEARTH_TRY(work_of(options));
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  std::vector<eval::Series> found;
  for (const Work& work : every) {
    const auto tasks = limited(work.tasks, options.limit);
    for (const FlowRoles& roles : work.every)
      found.push_back(HEARTH_TRY(try_all(daemon, tasks, roles, context)));
  }
  if (options.json) {
    context.console().print(eval::trials_json(found) + "\n");
  } else {
    context.console().print(text_table(eval::rows_of(found)));
    for (const std::string& failure : eval::failures_of(found))
      context.console().print(one_line(failure) + "\n");
  }
  const bool is_met = 100 * eval::tally(found.front()).share() >= options.goal;
  return is_met ? kExitDone : kExitFailed;
}

}  // namespace

void add_eval_command(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("eval", "Measure what models do on this machine");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* flow = command->add_subcommand(
      "flow", "Golden tasks, done with planner and critic on and off (docs/eval.md)");
  flow->add_option("--tasks", options->tasks, "A file of golden tasks, instead of Hearth's own");
  flow->add_option("--planner", options->planner, "The model that plans");
  flow->add_option("--critic", options->critic, "The model that criticises");
  flow->add_option("--executor", options->executor, "The model that does the steps");
  flow->add_option("--limit", options->limit, "So many tasks of each kind");
  flow->add_flag("--all-roles", options->all_roles, "With all roles only");
  flow->add_option("--goal", options->goal,
                   "Exit with 1 where fewer percent are done with all roles")
      ->check(CLI::Range(0.0, 100.0));
  flow->add_flag("--json", options->json, "Print every trial as JSON");
  flow->callback([options, &chosen] {
    chosen = [options](Context& context) { return evaluate(*options, context); };
  });
}

}  // namespace hearth::cli
