// `hearth doctor`: what this machine has, what is missing, what to do.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/doctor/facts.h"
#include "cli/doctor/report.h"

namespace hearth::cli {

namespace {

Result<int> examine(Format format, Context& context) {
  const doctor::Facts facts = HEARTH_TRY(doctor::gather(context));
  const auto found = doctor::findings(facts);
  context.console().print(format == Format::kJson ? doctor::as_json(facts, found)
                                                  : doctor::as_text(found));
  return doctor::is_healthy(found) ? kExitDone : kExitFailed;
}

}  // namespace

void add_doctor_command(CLI::App& app, Action& chosen) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("doctor", "Show what this machine has, what is missing, what to do");
  command->add_flag("--json", *json, "Print JSON");
  command->callback([json, &chosen] {
    chosen = [json](Context& context) {
      return examine(*json ? Format::kJson : Format::kText, context);
    };
  });
}

}  // namespace hearth::cli
