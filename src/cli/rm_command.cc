// `hearth rm`: removes models that were pulled; `hearth gc`: what is left of interrupted pulls.
#include <memory>

#include <CLI/CLI.hpp>

#include "base/units.h"
#include "cli/command.h"

namespace hearth::cli {

namespace {

std::string freed_text(const RemovedFiles& removed) {
  if (removed.files_stay)
    return "its files stay while a model is being pulled; `hearth gc` removes them later";
  if (removed.was_damaged) {
    return "its manifest was damaged, so nobody knows its files: `hearth gc` removes those that no "
           "other model has";
  }
  return base::format_bytes(removed.freed_bytes) + " are free again";
}

Result<int> remove(const std::vector<std::string>& models, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  for (const std::string& model : models) {
    const RemovedFiles removed = HEARTH_TRY(daemon.remove(model));
    context.console().notice("'" + model + "' is removed; " + freed_text(removed) + ".");
  }
  return kExitDone;
}

Result<int> collect(Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const RemovedFiles removed = HEARTH_TRY(daemon.collect());
  context.console().notice(removed.files_stay
                               ? "A model is being pulled; try again when that is over."
                               : std::to_string(removed.files) +
                                     (removed.files == 1 ? " file" : " files") + " removed; " +
                                     base::format_bytes(removed.freed_bytes) + " are free again.");
  return removed.files_stay ? kExitPartial : kExitDone;
}

}  // namespace

void add_rm_command(CLI::App& app, Action& chosen) {
  auto models = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("rm", "Remove models that were pulled");
  command->add_option("MODEL", *models, "The models to remove")->required();
  command->callback([models, &chosen] {
    chosen = [models](Context& context) { return remove(*models, context); };
  });
}

void add_gc_command(CLI::App& app, Action& chosen) {
  CLI::App* command =
      app.add_subcommand("gc", "Remove files that no model needs, interrupted work among them");
  command->callback([&chosen] { chosen = collect; });
}

}  // namespace hearth::cli
