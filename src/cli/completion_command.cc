// `hearth completion`: scripts for the shells, made from the parser itself so that they never
// lag behind it.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/completion_script.h"

namespace hearth::cli {

namespace {

ShellCommand described(const CLI::App& app) {
  ShellCommand command{app.get_name(), app.get_description(), {}, {}};
  for (const CLI::App* group : app.get_subcommands(nullptr)) {
    if (group->get_name().empty()) {  // an option group
      const ShellCommand inner = described(*group);
      command.options.insert(command.options.end(), inner.options.begin(), inner.options.end());
    } else {
      command.commands.push_back(described(*group));
    }
  }
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty()) continue;
    command.options.push_back({"--" + option->get_lnames().front(), option->get_description()});
  }
  return command;
}

}  // namespace

void add_completion_command(CLI::App& app, Action& chosen) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print completions for a shell");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([shell, &app, &chosen] {
    chosen = [shell, &app](Context& context) -> Result<int> {
      context.console().print(completion_script(*shell, described(app)));
      return kExitDone;
    };
  });
}

}  // namespace hearth::cli
