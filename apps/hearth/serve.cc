#include "serve.h"

#include <csignal>

#include "base/log.h"
#include "daemon.h"

namespace hearth {

namespace {

constexpr int kExitDone = 0;
constexpr int kExitFailed = 1;

void configure_log(const config::Settings& settings) {
  const auto level = log::level_named(settings.text(config::Key::kLogLevel));
  const bool json = settings.text(config::Key::kLogFormat) == "json";
  log::configure(level, json ? log::Format::kJson : log::Format::kText);
}

}  // namespace

int serve(const cli::ServeOptions& options) {
  configure_log(options.settings);
  std::signal(SIGPIPE, SIG_IGN);
  auto daemon = Daemon::create(options);
  const auto listening = daemon ? (*daemon)->listen() : Result<void>(fail(daemon.error()));
  if (!listening) {
    log::error(listening.error().message);
    return kExitFailed;
  }
  (*daemon)->run();
  return kExitDone;
}

}  // namespace hearth
