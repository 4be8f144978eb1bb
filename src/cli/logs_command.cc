// `hearth logs`: the last lines of the daemon's log, and those that come.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::cli {

namespace {

constexpr std::size_t kLinesUsual = 100;
constexpr std::size_t kLinesMax = 1000;  // that a daemon keeps

struct Options {
  std::size_t lines = kLinesUsual;
  bool follow = false;
  bool json = false;
};

// Prints lines as the daemon writes them: {"id", "time_ms", "level", "line"}.
class Printer {
 public:
  Printer(Console& console, Format format) : console_(console), format_(format) {}

  Result<void> print(const json::Node& line) {
    if (format_ == Format::kJson) {
      console_.print(line.json() + "\n");
      return {};
    }
    const json::Node text = HEARTH_TRY(line.require("line"));
    console_.print(std::string(HEARTH_TRY(text.text())) + "\n");
    return {};
  }
  Result<void> print_event(const SseEvent& event) {
    if (event.type != "line") {
      console_.notice("Some lines are not kept any more.");
      return {};
    }
    const auto value = HEARTH_TRY(json::parse(event.data));
    return print(json::Node(value));
  }

 private:
  Console& console_;
  Format format_;
};

Result<void> print_last(const DaemonApi& daemon, std::size_t lines, Printer& printer) {
  const std::string body = HEARTH_TRY(daemon.log_json(lines));
  const auto value = HEARTH_TRY(json::parse(body));
  const json::Node root(value);
  const json::Node list = HEARTH_TRY(root.require("lines"));
  for (const json::Node& line : HEARTH_TRY(list.elements()))
    HEARTH_TRY(printer.print(line));
  return {};
}

Result<int> follow(const DaemonApi& daemon, std::size_t lines, Printer& printer, Console& console) {
  Interrupt interrupt;
  const auto followed = daemon.follow_log(
      lines,
      [&](const SseEvent& event) -> Result<void> {
        HEARTH_TRY(printer.print_event(event));
        if (console.is_gone()) return fail(Code::kCancelled, "nobody reads");
        return {};
      },
      interrupt.fd());
  if (!followed && followed.error().code == Code::kCancelled) return kExitDone;
  HEARTH_TRY(followed);
  console.notice("The daemon has ended.");
  return kExitDone;
}

Result<int> show(const Options& options, Context& context) {
  const auto daemon = HEARTH_TRY(context.running_daemon());
  if (!daemon) {
    const config::Home home = HEARTH_TRY(context.home());
    return fail(Code::kUnavailable,
                "no daemon runs; what the last private one wrote is in '" + home.log_path() + "'");
  }
  Console& console = context.console();
  Printer printer(console, options.json ? Format::kJson : Format::kText);
  if (options.follow) return follow(*daemon, options.lines, printer, console);
  HEARTH_TRY(print_last(*daemon, options.lines, printer));
  return kExitDone;
}

}  // namespace

void add_logs_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("logs", "Show the last lines of the daemon's log");
  command->add_option("--lines", options->lines, "How many (default 100)")
      ->check(CLI::Range(std::size_t{0}, kLinesMax));
  command->add_flag("--follow", options->follow, "Go on with the lines that come");
  command->add_flag("--json", options->json, "Print each line as JSON");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return show(*options, context); };
  });
}

}  // namespace hearth::cli
