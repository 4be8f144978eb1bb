// `hearth help [COMMAND]`: the same as --help, for people who try that first.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"

namespace hearth::cli {

void add_help_command(CLI::App& app, Action& chosen) {
  auto about = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("help", "Show what hearth, or one command, can do");
  command->add_option("COMMAND", *about, "One of the commands");
  command->callback([&app, about, &chosen] {
    chosen = [&app, about](Context& context) -> Result<int> {
      for (const CLI::App* one : app.get_subcommands(nullptr)) {
        if (one->get_name() != *about) continue;
        context.console().print(one->help(app.get_name()));
        return kExitDone;
      }
      if (!about->empty()) {
        return fail(Code::kInvalidArgument,
                    "there is no command '" + *about + "'; `hearth help` lists all of them");
      }
      // Not app.help(): that would be of the command that was given, this one.
      const auto whole = CLI::AppFormatMode::Normal;
      context.console().print(app.get_formatter()->make_help(&app, app.get_name(), whole));
      return kExitDone;
    };
  });
}

}  // namespace hearth::cli
