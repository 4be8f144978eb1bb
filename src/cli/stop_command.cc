// `hearth stop`: unloads a model, or ends the daemon.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/daemon.h"
#include "cli/model_choice.h"
#include "cli/neighbours.h"
#include "store/holder_words.h"

namespace hearth::cli {

namespace {

struct Options {
  std::string model;
  bool daemon = false;
};

Result<int> stop_daemon(const DaemonApi& daemon, Context& context) {
  const config::Home home = HEARTH_TRY(context.home());
  HEARTH_TRY(daemon.shutdown());
  HEARTH_TRY(wait_until_stopped(home));
  context.console().notice("The daemon has stopped.");
  return kExitDone;
}

Result<int> stop_at_ollama(const std::string& model, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  HEARTH_TRY(daemon.unload_neighbour(model));
  context.console().notice("Ollama does not hold '" + model + "' in memory any more.");
  return kExitDone;
}

Result<int> stop(const Options& options, Context& context) {
  if (options.model.starts_with(store::kOllamaPrefix))
    return stop_at_ollama(options.model.substr(store::kOllamaPrefix.size()), context);
  const auto daemon = HEARTH_TRY(context.running_daemon());
  if (!daemon) {
    context.console().notice("No daemon runs, so there is nothing to stop.");
    return kExitDone;
  }
  if (options.daemon) return stop_daemon(*daemon, context);
  const std::string model = loaded_model(options.model);
  HEARTH_TRY(daemon->unload(model));
  context.console().notice("'" + model + "' is unloaded.");
  return kExitDone;
}

}  // namespace

void add_stop_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("stop", "Unload a model, or end the daemon");
  auto* what = command->add_option_group("what", "One of the two");
  what->add_option("MODEL", options->model, "The model to unload; ollama:NAME unloads there");
  what->add_flag("--daemon", options->daemon, "End the daemon and every model");
  what->require_option(1);
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return stop(*options, context); };
  });
}

}  // namespace hearth::cli
