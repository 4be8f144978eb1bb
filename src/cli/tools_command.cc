// `hearth tools`: what models may do on this machine, and one such call by hand. A call runs here
// and not in the daemon, so that it can be asked about and interrupted.
#include <filesystem>
#include <future>
#include <memory>

#include <CLI/CLI.hpp>
#include <poll.h>

#include "base/cancellation.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/line_reader.h"
#include "cli/make/making.h"
#include "cli/tools/call_words.h"
#include "cli/tools/tool_list.h"
#include "cli/tools/tool_setup.h"

namespace hearth::cli {

namespace {

struct Options {
  std::string workspace;
  std::string approve;
  bool json = false;
  std::string name;
  std::vector<std::string> words;
};

struct Setup {
  tool::BuiltinOptions options;
  tool::Policy policy;
};

Result<Setup> set_up(const Options& wish, const Context& context) {
  const config::Home home = HEARTH_TRY(context.home());
  const config::Settings settings = HEARTH_TRY(context.settings());
  Setup setup;
  setup.options = tool_options(home, settings, context.wiring().executable);
  if (!wish.workspace.empty()) {
    use_workspace(setup.options, home,
                  absolute_path(wish.workspace, current_folder(), config::system_environment()));
  }
  setup.policy = HEARTH_TRY(tool_policy(settings));
  setup.policy.mode = tool::rule_named(wish.approve).value_or(setup.policy.mode);
  return setup;
}

Result<int> list(const Options& wish, Context& context) {
  const Setup setup = HEARTH_TRY(set_up(wish, context));
  const auto toolbox = HEARTH_TRY(tool::make_toolbox(setup.options));
  const ToolList tools{toolbox->specs(), setup.policy, toolbox->workspace(),
                       toolbox->workspace().empty()
                           ? Result<std::string>(fail(Code::kNotFound, "there is no workspace"))
                           : tool::holding_words(setup.options)};
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

Result<std::string> ask(Console& console, Interrupt& interrupt, const std::string& question) {
  LineReader reader(console, interrupt);
  const LineReader::Line line = HEARTH_TRY(reader.read(question));
  if (line.kind == LineReader::Kind::kText) return line.text;
  return fail(Code::kCancelled, "nobody has answered");
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
  const std::string answer = HEARTH_TRY(ask(console, interrupt, "Run it? [y/N] "));
  if (answer == "y" || answer == "Y" || answer == "yes") return {};
  return fail(Code::kPermissionDenied, "it was not run");
}

// On a thread of its own, so that Ctrl-C is heard.
tool::Outcome run_call(const tool::Toolbox& toolbox, const tool::Call& call,
                       const Interrupt& interrupt) {
  base::CancelSource cancel;
  auto running = std::async(std::launch::async, [&] { return toolbox.run(call, cancel.token()); });
  while (running.wait_for(std::chrono::milliseconds(0)) != std::future_status::ready) {
    pollfd interrupted = {interrupt.fd(), POLLIN, 0};
    if (::poll(&interrupted, 1, 20) > 0) cancel.cancel();
    if (cancel.cancelled()) running.wait();
  }
  return running.get();
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
  Setup setup = HEARTH_TRY(set_up(wish, context));
  Console& console = context.console();
  Interrupt interrupt;
  if (console.input_is_terminal()) {
    setup.options.ask = [&](const std::string& question, const base::CancelToken&) {
      return ask(console, interrupt, question + "\n> ");
    };
  }
  const auto toolbox = HEARTH_TRY(tool::make_toolbox(setup.options));
  const std::string arguments = HEARTH_TRY(arguments_of_words(wish.words));
  const tool::Call call{wish.name, arguments};
  const auto problems = toolbox->check(call.name, call.arguments);
  if (!problems.empty()) return fail(Code::kInvalidArgument, joined(problems));
  HEARTH_TRY(agree(toolbox->decide(setup.policy, call.name, call.arguments), console, interrupt));
  // A question is asked on this thread, which has the terminal and hears Ctrl-C itself.
  const tool::Outcome outcome = call.name == "ask_user" ? toolbox->run(call, base::CancelToken())
                                                        : run_call(*toolbox, call, interrupt);
  return report(outcome, wish, console);
}

void add_common(CLI::App& command, Options& options) {
  command.add_option("--workspace", options.workspace,
                     "The folder in which tools work (tools.workspace)");
  command
      .add_option("--approve", options.approve,
                  "auto runs what should be agreed to, ask asks, deny refuses it (tools.approve)")
      ->check(CLI::IsMember({"auto", "ask", "deny"}));
}

}  // namespace

void add_tools_command(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("tools", "What models may do on this machine");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* shown = command->add_subcommand("list", "Every tool, what it does and who must agree");
  add_common(*shown, *options);
  shown->add_flag("--json", options->json, "Print JSON");
  shown->callback([options, &chosen] {
    chosen = [options](Context& context) { return list(*options, context); };
  });
  CLI::App* called = command->add_subcommand("run", "Call a tool, as a model would");
  called->add_option("NAME", options->name, "The tool")->required();
  called->add_option("ARGUMENTS", options->words,
                     "key=value, key:=JSON, or all of them as one JSON object");
  add_common(*called, *options);
  called->add_flag("--json", options->json, "Print the outcome as JSON");
  called->callback([options, &chosen] {
    chosen = [options](Context& context) { return run(*options, context); };
  });
}

}  // namespace hearth::cli
