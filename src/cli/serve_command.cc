// `hearth serve`: the options of the daemon; what it does comes from apps/.
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "cli/command.h"

namespace hearth::cli {

namespace {

struct Options {
  std::optional<std::string> host;
  std::optional<std::string> port;
  std::optional<std::string> ollama_port;
  bool is_private = false;
  int ready_fd = -1;
  int log_fd = -1;
};

Result<int> serve(const Options& options, Context& context) {
  if (options.log_fd >= 0) {
    // From here on everything that the daemon says, also when it fails, goes to its log.
    ::dup2(options.log_fd, STDOUT_FILENO);
    ::dup2(options.log_fd, STDERR_FILENO);
    ::close(options.log_fd);
  }
  std::vector<config::Assignment> flags;
  if (options.host) {
    flags.push_back({"server.host", *options.host, {config::Origin::Kind::kFlag, "--host"}});
  }
  if (options.port) {
    flags.push_back({"server.port", *options.port, {config::Origin::Kind::kFlag, "--port"}});
  }
  if (options.ollama_port) {
    flags.push_back({"server.ollama_port",
                     *options.ollama_port,
                     {config::Origin::Kind::kFlag, "--ollama-port"}});
  }
  const config::Home home = HEARTH_TRY(context.home());
  const config::Settings settings = HEARTH_TRY(context.settings(flags));
  HEARTH_TRY(home.check_socket_path());
  HEARTH_TRY(home.ensure_folders());
  if (!context.wiring().serve) {
    return fail(Code::kUnimplemented, "this build of hearth has no daemon in it");
  }
  const auto mode = options.is_private ? ServeOptions::Mode::kPrivate : ServeOptions::Mode::kPublic;
  return context.wiring().serve({home, settings, mode, options.ready_fd});
}

}  // namespace

void add_serve_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("serve", "Start the daemon: the API on this machine");
  command->add_option(
      "--host", options->host,
      "Listen on this address (default 127.0.0.1); one that others reach takes an API key");
  command->add_option("--port", options->port, "Listen on this TCP port (default 4327)");
  command->add_option("--ollama-port", options->ollama_port,
                      "Listen on this port of 127.0.0.1, too, for Ollama's clients (11434)");
  command->add_flag("--private", options->is_private,
                    "Only for this user's commands: no TCP port, ends when idle");
  command->add_option("--ready-fd", options->ready_fd,
                      "Write one byte to this descriptor when ready");
  command->add_option("--log-fd", options->log_fd, "Write the log to this descriptor");
  command->callback([options, &chosen] {
    chosen = [options](Context& context) { return serve(*options, context); };
  });
}

}  // namespace hearth::cli
