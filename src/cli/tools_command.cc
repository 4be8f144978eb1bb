// `hearth tools`: what models may do on this machine, and one such call by hand. A call runs here
// and not in the daemon, so that it can be asked about and interrupted.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/tools/call_words.h"
#include "cli/tools/tool_call.h"
#include "cli/tools/tool_list.h"
#include "cli/tools/tool_place.h"

namespace hearth::cli {

namespace {

struct Options {
  PlaceWish place;
  bool json = false;
  std::string name;
  std::vector<std::string> words;
};

Result<int> list(const Options& wish, Context& context) {
  const ToolPlace place = HEARTH_TRY(tool_place(wish.place, context));
  const auto toolbox = HEARTH_TRY(tool::make_toolbox(place.options));
  const ToolList tools{toolbox->specs(), place.policy, toolbox->workspace(),
                       toolbox->workspace().empty()
                           ? Result<std::string>(fail(Code::kNotFound, "there is no workspace"))
                           : tool::holding_words(place.options)};
  Console& console = context.console();
  if (wish.json) {
    console.print(tools_json(tools, Paths::kTold) + "\n");
    return kExitDone;
  }
  console.print(tools_table(tools));
  if (tools.workspace.empty()) {
    console.notice(
        "There is no workspace, and so no tool touches files: set tools.workspace, or name a "
        "folder with --workspace.");
  } else {
    console.notice("They work in " + tools.workspace + ".");
    console.notice(
        "Commands are held by: " +
        (tools.held ? *tools.held : "nothing, and refused: " + tools.held.error().message));
  }
  return kExitDone;
}

// Nothing when the call may be made.
Result<void> agree(const tool::Decision& decision, Console& console, Interrupt& interrupt) {
  if (decision.rule == tool::Rule::kAuto) return {};
  const std::string refusal = decision.reason + "; ";
  if (decision.rule == tool::Rule::kDeny)
    return fail(Code::kPermissionDenied, refusal + "see `hearth tools list` and docs/tools.md");
  if (!console.input_is_terminal()) {
    return fail(Code::kPermissionDenied,
                refusal +
                    "somebody has to agree, and there is no terminal to ask at: give "
                    "--approve auto");
  }
  console.notice(decision.reason + ".");
  const std::string answer = HEARTH_TRY(ask_person(console, interrupt, "Run it? [y/N] "));
  if (answer == "y" || answer == "Y" || answer == "yes") return {};
  return fail(Code::kPermissionDenied, "it was not run");
}

int report(const tool::Outcome& outcome, const Options& wish, Console& console) {
  if (wish.json) {
    console.print(outcome_json(outcome) + "\n");
  } else {
    const bool ends = outcome.output.empty() || outcome.output.ends_with('\n');
    console.print(outcome.output + (ends ? "" : "\n"));
    if (!outcome.error.empty()) console.notice("hearth: " + outcome.error);
  }
  if (outcome.status == tool::Status::kCancelled) return kExitCancelled;
  return outcome.is_ok() ? kExitDone : kExitFailed;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += (text.empty() ? "" : "\n") + line;
  return text;
}

Result<int> run(const Options& wish, Context& context) {
  ToolPlace place = HEARTH_TRY(tool_place(wish.place, context));
  Console& console = context.console();
  Interrupt interrupt;
  if (console.input_is_terminal()) place.options.ask = asking(console, interrupt);
  const auto toolbox = HEARTH_TRY(tool::make_toolbox(place.options));
  const std::string arguments = HEARTH_TRY(arguments_of_words(wish.words));
  const tool::Call call{wish.name, arguments};
  const auto problems = toolbox->check(call.name, call.arguments);
  if (!problems.empty()) return fail(Code::kInvalidArgument, joined(problems));
  HEARTH_TRY(agree(toolbox->decide(place.policy, call.name, call.arguments), console, interrupt));
  const tool::Outcome outcome = run_call(*toolbox, call, interrupt);
  return report(outcome, wish, console);
}

}  // namespace

void add_tools_command(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("tools", "What models may do on this machine");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* shown = command->add_subcommand("list", "Every tool, what it does and who must agree");
  add_place_options(*shown, options->place);
  shown->add_flag("--json", options->json, "Print JSON");
  shown->callback([options, &chosen] {
    chosen = [options](Context& context) { return list(*options, context); };
  });
  CLI::App* called = command->add_subcommand("run", "Call a tool, as a model would");
  called->add_option("NAME", options->name, "The tool")->required();
  called->add_option("ARGUMENTS", options->words,
                     "key=value, key:=JSON, or all of them as one JSON object");
  add_place_options(*called, options->place);
  called->add_flag("--json", options->json, "Print the outcome as JSON");
  called->callback([options, &chosen] {
    chosen = [options](Context& context) { return run(*options, context); };
  });
}

}  // namespace hearth::cli
