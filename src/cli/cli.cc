#include "cli/cli.h"

#include <csignal>
#include <sstream>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/nearest.h"
#include "cli/command.h"

namespace hearth::cli {

namespace {

void add_commands(CLI::App& app, Action& chosen) {
  add_chat_command(app, chosen);
  add_run_command(app, chosen);
  add_serve_command(app, chosen);
  add_list_command(app, chosen);
  add_show_command(app, chosen);
  add_fit_command(app, chosen);
  add_search_command(app, chosen);
  add_pull_command(app, chosen);
  add_create_command(app, chosen);
  add_import_command(app, chosen);
  add_cp_command(app, chosen);
  add_verify_command(app, chosen);
  add_rm_command(app, chosen);
  add_gc_command(app, chosen);
  add_ps_command(app, chosen);
  add_tokenize_command(app, chosen);
  add_finetune_command(app, chosen);
  add_quantize_command(app, chosen);
  add_load_commands(app, chosen);
  add_stop_command(app, chosen);
  add_logs_command(app, chosen);
  add_task_command(app, chosen);
  add_eval_command(app, chosen);
  add_doctor_command(app, chosen);
  add_keys_command(app, chosen);
  add_tools_command(app, chosen);
  add_config_command(app, chosen);
  add_connect_command(app, chosen);
  add_version_command(app, chosen);
  add_completion_command(app, chosen);
  add_help_command(app, chosen);
}

// "unknown command 'lsit'; did you mean 'list'?", or empty when a command was found.
std::string unknown_command(const CLI::App& app) {
  if (!app.get_subcommands().empty()) return {};
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr))
    names.push_back(command->get_name());
  const std::vector<std::string_view> views(names.begin(), names.end());
  for (const std::string& word : app.remaining()) {
    if (word.starts_with('-')) continue;
    const std::string_view meant = base::nearest(word, views);
    return "unknown command '" + word + "'; " +
           (meant.empty() ? "" : "did you mean '" + std::string(meant) + "'? ") +
           "`hearth --help` lists all of them";
  }
  return {};
}

int report_usage(const CLI::App& app, const CLI::ParseError& error, Console& console) {
  std::ostringstream out;
  std::ostringstream notices;
  if (app.exit(error, out, notices) == 0) {  // --help
    console.print(out.str());
    return kExitDone;
  }
  if (const std::string unknown = unknown_command(app); !unknown.empty()) {
    console.notice("hearth: " + unknown);
  } else {
    console.notice("hearth: " + std::string(error.what()));
    const auto parsed = app.get_subcommands();
    console.notice("See `hearth " + (parsed.empty() ? "" : parsed.front()->get_name() + " ") +
                   "--help`.");
  }
  return kExitUsage;
}

int report(const Error& error, Console& console) {
  if (error.code == Code::kCancelled) return kExitCancelled;
  console.notice("hearth: " + error.message);
  return kExitFailed;
}

}  // namespace

int run(int argc, const char* const* argv, Console& console, const Wiring& wiring) {
  // A reader that went away is an error of write(), not our end.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Hearth runs language models on this machine.", "hearth");
  GlobalOptions options;
  Action chosen;
  app.add_option("--home", options.home, "Keep everything in this folder (HEARTH_HOME)");
  app.add_option("--log-level", options.log_level, "The least important log line of the daemon")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
  app.set_version_flag("--version", HEARTH_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  add_commands(app, chosen);
  if (argc < 2) {
    console.print(app.help());
    return console.is_gone() ? kExitFailed : kExitDone;
  }
  try {
    app.parse(argc, const_cast<char**>(argv));
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error, console);
  }
  Context context(console, wiring, options);
  const Result<int> code = chosen(context);
  if (!code) return report(code.error(), console);
  return *code == kExitDone && console.is_gone() ? kExitFailed : *code;
}

}  // namespace hearth::cli
