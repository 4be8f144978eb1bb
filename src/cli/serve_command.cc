// `hearth serve`: the options of the daemon; what it does comes from apps/.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "cli/command.h"

namespace hearth::cli {

namespace {

struct Options {
  std::optional<std::string> host;
  std::optional<std::string> port;
  std::optional<std::string> ollama_port;
  std::optional<std::string> embeddings_port;
  std::optional<std::string> embeddings_model;
  std::optional<std::string> reasoning_port;
  std::optional<std::string> reasoning_model;
  bool is_private = false;
  int ready_fd = -1;
  int log_fd = -1;
};

// What flags say in place of settings.
std::vector<config::Assignment> assignments_of(const Options& options) {
  struct Flag {
    const char* setting;
    const char* name;
    const std::optional<std::string>& value;
  };
  const Flag flags[] = {
      {"server.host", "--host", options.host},
      {"server.port", "--port", options.port},
      {"server.ollama_port", "--ollama-port", options.ollama_port},
      {"server.embeddings_port", "--embeddings-port", options.embeddings_port},
      {"server.embeddings_model", "--embeddings-model", options.embeddings_model},
      {"server.reasoning_port", "--reasoning-port", options.reasoning_port},
      {"server.reasoning_model", "--reasoning-model", options.reasoning_model},
  };
  std::vector<config::Assignment> assignments;
  for (const Flag& flag : flags) {
    if (!flag.value) continue;
    assignments.push_back({flag.setting, *flag.value, {config::Origin::Kind::kFlag, flag.name}});
  }
  return assignments;
}

Result<int> serve(const Options& options, Context& context) {
  if (options.log_fd >= 0) {
    // From here on everything that the daemon says, also when it fails, goes to its log.
    ::dup2(options.log_fd, STDOUT_FILENO);
    ::dup2(options.log_fd, STDERR_FILENO);
    ::close(options.log_fd);
  }
  const config::Home home = HEARTH_TRY(context.home());
  const config::Settings settings = HEARTH_TRY(context.settings(assignments_of(options)));
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
  command->add_option("--embeddings-port", options->embeddings_port,
                      "Make vectors on this port of 127.0.0.1 as a llama-server would (8001)");
  command->add_option("--embeddings-model", options->embeddings_model,
                      "With this model (default the one that ships with Hearth)");
  command->add_option("--reasoning-port", options->reasoning_port,
                      "Answer on this port of 127.0.0.1 as a llama-server would (8002)");
  command->add_option("--reasoning-model", options->reasoning_model,
                      "With this model (default the one that is used when none is named)");
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
