// `hearth load`, `unload`, `pin` and `unpin`: which models are in memory.
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/answer_options.h"
#include "cli/command.h"
#include "cli/model_choice.h"

namespace hearth::cli {

namespace {

struct LoadOptions {
  std::vector<std::string> models;
  std::string keep_alive;
};

Result<int> load(const LoadOptions& options, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  LoadWish wish{.model = HEARTH_TRY(named_model(options.models.front())),
                .keep_alive = options.keep_alive};
  std::string next;
  for (std::size_t i = 1; i < options.models.size(); ++i) {
    wish.then.push_back(HEARTH_TRY(named_model(options.models[i])));
    next += (next.empty() ? "'" : ", '") + options.models[i] + "'";
  }
  HEARTH_TRY(daemon.load(wish));
  context.console().notice("'" + options.models.front() + "' is loaded" +
                           (next.empty() ? "." : "; next come " + next + "."));
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
  HEARTH_TRY(daemon.load({name}));
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
    {"unload", "Unload a model; what it answers ends", unload},
    {"pin", "Load a model and keep it loaded", pin},
    {"unpin", "Let a pinned model leave again", unpin},
};

void add_load_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* command = app.add_subcommand("load", "Load a model before it is asked");
  command
      ->add_option("MODEL", options->models,
                   "The model, by its name or path; further ones come next: they are read ahead, "
                   "and loaded when there is room")
      ->required();
  add_keep_alive_option(*command, options->keep_alive);
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return load(*options, context); };
  });
}

}  // namespace

void add_load_commands(CLI::App& app, Action& chosen) {
  add_load_command(app, chosen);
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
