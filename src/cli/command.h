// The contract of a command: it declares its options on the parser, and when it was chosen, acts
// with a Context. Commands know HTTP and files of the home, and nothing of what is behind the
// daemon; but `finetune` and `quantize` start a runner themselves, `tools`, `chat` and `run` run
// tools here, and `keys` and `connect` open the database. One file per command.
//
// Threads: confined to the main thread.
// Errors:  an action returns its exit code or an Error, which is printed for it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/console.h"
#include "cli/daemon_api.h"
#include "cli/wiring.h"
#include "config/home.h"
#include "config/settings.h"

namespace CLI {
class App;
}

namespace hearth::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitPartial = 3;
inline constexpr int kExitCancelled = 130;

// How a listing is written.
enum class Format : std::uint8_t { kText, kJson };

struct GlobalOptions {
  std::string home;       // --home, may be empty
  std::string log_level;  // --log-level, may be empty
};

class Context {
 public:
  Context(Console& console, const Wiring& wiring, GlobalOptions options)
      : console_(console), wiring_(wiring), options_(std::move(options)) {}

  Console& console() const { return console_; }
  const Wiring& wiring() const { return wiring_; }

  Result<config::Home> home() const;
  // `flags` of the command win over the global ones.
  Result<config::Settings> settings(const std::vector<config::Assignment>& flags = {}) const;
  // The daemon of the home; a private one is started if none runs.
  Result<DaemonApi> daemon() const;
  // Nothing is started.
  Result<std::optional<DaemonApi>> running_daemon() const;

 private:
  Console& console_;
  const Wiring& wiring_;
  GlobalOptions options_;
};

using Action = std::function<Result<int>(Context&)>;

// Each declares one command below `app` and, when the user chose it, puts it into `chosen`.
void add_serve_command(CLI::App& app, Action& chosen);
void add_chat_command(CLI::App& app, Action& chosen);
void add_run_command(CLI::App& app, Action& chosen);
void add_tokenize_command(CLI::App& app, Action& chosen);
void add_ps_command(CLI::App& app, Action& chosen);
void add_list_command(CLI::App& app, Action& chosen);
void add_show_command(CLI::App& app, Action& chosen);
void add_fit_command(CLI::App& app, Action& chosen);
void add_search_command(CLI::App& app, Action& chosen);
void add_pull_command(CLI::App& app, Action& chosen);
void add_rm_command(CLI::App& app, Action& chosen);
void add_create_command(CLI::App& app, Action& chosen);
void add_import_command(CLI::App& app, Action& chosen);
void add_cp_command(CLI::App& app, Action& chosen);
void add_verify_command(CLI::App& app, Action& chosen);
void add_gc_command(CLI::App& app, Action& chosen);
void add_finetune_command(CLI::App& app, Action& chosen);
void add_quantize_command(CLI::App& app, Action& chosen);
// load, unload, pin, unpin.
void add_load_commands(CLI::App& app, Action& chosen);
void add_stop_command(CLI::App& app, Action& chosen);
void add_keys_command(CLI::App& app, Action& chosen);
void add_tools_command(CLI::App& app, Action& chosen);
void add_config_command(CLI::App& app, Action& chosen);
void add_connect_command(CLI::App& app, Action& chosen);
void add_logs_command(CLI::App& app, Action& chosen);
void add_task_command(CLI::App& app, Action& chosen);
void add_eval_command(CLI::App& app, Action& chosen);
void add_doctor_command(CLI::App& app, Action& chosen);
void add_version_command(CLI::App& app, Action& chosen);
void add_completion_command(CLI::App& app, Action& chosen);
void add_help_command(CLI::App& app, Action& chosen);

}  // namespace hearth::cli
