// `hearth pull`: fetches a model into the store.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/first_use.h"
#include "cli/interrupt.h"
#include "cli/pull/pull_display.h"

namespace hearth::cli {

namespace {

struct Options {
  PullWish wish;
  bool json = false;
};

Result<int> pull(const Options& options, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  Console& console = context.console();
  const auto style =
      options.json ? DisplayStyle::kSilent : display_style(console, config::system_environment());
  PullDisplay display(console, style);
  Interrupt interrupt;
  std::string model;
  const auto on_line = [&](std::string_view line) -> Result<void> {
    const PullEvent event = HEARTH_TRY(parse_pull_event(line));
    if (options.json) console.print(std::string(line) + "\n");
    if (event.is_installed()) {
      model = event.model;
    } else {
      display.take(event);
    }
    return {};
  };
  const auto pulled = daemon.pull(options.wish, on_line, interrupt.fd());
  display.finish();
  if (!pulled && pulled.error().code == Code::kCancelled) {
    console.notice("Stopped. What was fetched is kept, and the same command goes on from there.");
    return kExitCancelled;
  }
  HEARTH_TRY(pulled);
  if (model.empty()) {
    return fail(Code::kUnavailable,
                "the pull broke off: the daemon closed the stream early; the same command goes on");
  }
  if (!options.json) console.print(ready_text(model, daemon));
  return kExitDone;
}

}  // namespace

void add_pull_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("pull", "Fetch a model, verified while it comes");
  command
      ->add_option("MODEL", options->wish.model,
                   "A short name, OWNER/REPOSITORY[:QUANT], a URL; docs/model-names.md")
      ->required();
  command->add_option("--digest", options->wish.digest,
                      "What the model's file has to be: its SHA-256");
  command->add_flag("--insecure", options->wish.insecure,
                    "Allow http://, which nobody protects from the network");
  command->add_flag("--json", options->json, "Print what happens as lines of JSON");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return pull(*options, context); };
  });
}

}  // namespace hearth::cli
