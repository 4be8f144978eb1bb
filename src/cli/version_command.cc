// `hearth version`: ours, and the daemon's if one runs.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

std::optional<DaemonVersion> find_version(const Context& context) {
  const auto daemon = context.running_daemon();
  if (!daemon || !*daemon) return std::nullopt;
  auto version = (*daemon)->version();
  return version ? std::optional(std::move(*version)) : std::nullopt;
}

Result<int> show(Format format, Context& context) {
  const auto daemon = find_version(context);
  if (format == Format::kText) {
    std::string text = "hearth " HEARTH_VERSION "\n";
    if (daemon) {
      text += "daemon " + daemon->version + "\n";
    }
    context.console().print(text);
    return kExitDone;
  }
  json::Writer json;
  json.open('{').key("version").text(HEARTH_VERSION).key("daemon");
  if (daemon) {
    json.open('{').key("version").text(daemon->version);
    json.key("protocol").number(daemon->protocol).close('}');
  } else {
    json.null();
  }
  context.console().print(json.close('}').take() + "\n");
  return kExitDone;
}

}  // namespace

void add_version_command(CLI::App& app, Action& chosen) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("version", "Show the version");
  command->add_flag("--json", *json, "Print JSON");
  command->callback([json, &chosen] {
    chosen = [json](Context& context) {
      return show(*json ? Format::kJson : Format::kText, context);
    };
  });
}

}  // namespace hearth::cli
