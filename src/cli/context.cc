#include "cli/command.h"
#include "cli/daemon.h"

namespace hearth::cli {

Result<config::Home> Context::home() const {
  return config::Home::locate(config::system_environment(), options_.home);
}

Result<config::Settings> Context::settings(const std::vector<config::Assignment>& flags) const {
  const config::Home where = HEARTH_TRY(home());
  const auto environment = config::process_environment();
  for (const std::string& notice : config::suspicious_environment(environment)) {
    console_.notice("hearth: " + notice);
  }
  std::vector<config::Assignment> all;
  if (!options_.log_level.empty()) {
    all.push_back({"log.level", options_.log_level, {config::Origin::Kind::kFlag, "--log-level"}});
  }
  all.insert(all.end(), flags.begin(), flags.end());
  return config::load_settings(where.config_file(), environment, all);
}

Result<DaemonApi> Context::daemon() const {
  const config::Home where = HEARTH_TRY(home());
  std::vector<std::string> arguments;
  // As an absolute path: the daemon's current folder is not ours.
  if (!where.root().empty()) arguments = {"--home", where.root()};
  if (!options_.log_level.empty()) {
    arguments.insert(arguments.end(), {"--log-level", options_.log_level});
  }
  return ensure_daemon(where, wiring_.executable, arguments);
}

Result<std::optional<DaemonApi>> Context::running_daemon() const {
  return find_daemon(HEARTH_TRY(home()));
}

}  // namespace hearth::cli
