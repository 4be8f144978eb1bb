// `hearth verify`: the files of models are read again and held against their digests.
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/make/making.h"
#include "cli/make/verified_files.h"
#include "cli/pull/pull_display.h"
#include "json/writer.h"
#include "store/modelfile/modelfile.h"

namespace hearth::cli {

namespace {

struct Options {
  std::vector<std::string> models;
  bool json = false;
};

std::string body_of(const Options& options) {
  json::Writer body;
  body.open('{').key("models").open('[');
  for (const std::string& model : options.models) {
    body.text(store::is_path(model)
                  ? absolute_path(model, current_folder(), config::system_environment())
                  : model);
  }
  return body.close(']').close('}').take();
}

int show(const VerifiedModels& verified, const Options& options, Console& console) {
  if (!options.json) console.print(verified_text(verified));
  return verified.is_good() ? kExitDone : kExitFailed;
}

Result<int> verify(const Options& options, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  Console& console = context.console();
  PullDisplay display(console, options.json ? DisplayStyle::kSilent
                                            : display_style(console, config::system_environment()));
  Interrupt interrupt;
  std::optional<VerifiedModels> verified;
  const auto on_line = [&](std::string_view line) -> Result<void> {
    const PullEvent event = HEARTH_TRY(parse_pull_event(line));
    if (options.json) console.print(std::string(line) + "\n");
    if (event.status == "verified") {
      verified = HEARTH_TRY(parse_verified(line));
    } else {
      display.take(event);
    }
    return {};
  };
  const auto followed =
      daemon.follow("/hearth/v1/models/verify", body_of(options), on_line, interrupt.fd());
  display.finish();
  HEARTH_TRY(followed);
  if (!verified) {
    return fail(Code::kUnavailable,
                "the daemon closed the stream before all was verified; try again");
  }
  return show(*verified, options, console);
}

}  // namespace

void add_verify_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("verify", "Read the files of models again, and tell which are damaged");
  command->add_option("MODEL", options->models,
                      "The models; without: all that were pulled or made");
  command->add_flag("--json", options->json, "Print what happens as lines of JSON");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return verify(*options, context); };
  });
}

}  // namespace hearth::cli
