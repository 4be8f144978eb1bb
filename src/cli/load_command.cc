// `hearth load`, `unload`, `pin` and `unpin`: which models are in memory.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/model_choice.h"

namespace hearth::cli {

namespace {

Result<int> load(const std::string& model, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const std::string name = HEARTH_TRY(named_model(model));
  HEARTH_TRY(daemon.tell_model("load", name));
  context.console().notice("'" + model + "' is loaded.");
  return kExitDone;
}

Result<int> unload(const std::string& model, Context& context) {
  const auto daemon = HEARTH_TRY(context.running_daemon());
  if (!daemon) {
    context.console().notice("No daemon runs, so none is loaded.");
    return kExitDone;
  }
  HEARTH_TRY(daemon->unload(loaded_model(model)));
  context.console().notice("'" + model + "' is unloaded.");
  return kExitDone;
}

Result<int> pin(const std::string& model, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const std::string name = HEARTH_TRY(named_model(model));
  HEARTH_TRY(daemon.tell_model("pin", name));
  HEARTH_TRY(daemon.tell_model("load", name));
  context.console().notice("'" + model + "' is loaded and stays; `hearth unpin " + model +
                           "` lets it go.");
  return kExitDone;
}

Result<int> unpin(const std::string& model, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  const std::string name = HEARTH_TRY(named_model(model));
  HEARTH_TRY(daemon.tell_model("unpin", name));
  context.console().notice("'" + model + "' leaves when it is idle or others need its room.");
  return kExitDone;
}

struct Verb {
  const char* name;
  const char* does;
  Result<int> (*run)(const std::string& model, Context& context);
};

constexpr Verb kVerbs[] = {
    {"load", "Load a model before it is asked", load},
    {"unload", "Unload a model; what it answers ends", unload},
    {"pin", "Load a model and keep it loaded", pin},
    {"unpin", "Let a pinned model leave again", unpin},
};

}  // namespace

void add_load_commands(CLI::App& app, Action& chosen) {
  for (const Verb& verb : kVerbs) {
    auto model = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand(verb.name, verb.does);
    command->add_option("MODEL", *model, "The model, by its name or path")->required();
    command->callback([model, run = verb.run, &chosen] {
      chosen = [model, run](Context& context) { return run(*model, context); };
    });
  }
}

}  // namespace hearth::cli
