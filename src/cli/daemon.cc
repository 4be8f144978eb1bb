#include "cli/daemon.h"

#include <algorithm>

#include "base/file_lock.h"
#include "cli/private_daemon.h"

namespace hearth::cli {

namespace {

constexpr int kProbeTimeoutMs = 5'000;

// It goes into a header as it is.
Result<std::string> key_to_bring() {
  std::string key = config::system_environment()(kKeyVariable).value_or("");
  const bool visible =
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 127; });
  if (visible) return key;
  return fail(Code::kInvalidArgument,
              std::string(kKeyVariable) + " has characters in it that no API key has");
}

}  // namespace

Result<std::optional<DaemonApi>> find_daemon(const config::Home& home) {
  HEARTH_TRY(home.check_socket_path());
  HEARTH_TRY(home.check_unshared());
  const net::HttpClient client = net::HttpClient::over_unix(home.socket_path());
  net::HttpCall probe;
  probe.target = "/health/live";
  probe.timeout_ms = kProbeTimeoutMs;
  const auto reply = client.send(probe);
  if (reply) return std::optional(DaemonApi(client, HEARTH_TRY(key_to_bring())));
  if (reply.error().code == Code::kUnavailable) return std::optional<DaemonApi>();
  return fail(reply.error().code, "a daemon listens at '" + home.socket_path() +
                                      "' but does not answer (" + reply.error().message +
                                      "); end it, its process id stands in '" + home.lock_path() +
                                      "'");
}

Result<DaemonApi> ensure_daemon(const config::Home& home, const std::string& executable,
                                const std::vector<std::string>& arguments) {
  if (auto running = HEARTH_TRY(find_daemon(home))) return *std::move(running);
  HEARTH_TRY(home.ensure_folders());
  const auto turn = HEARTH_TRY(base::FileLock::acquire(home.run_folder() + "/start.lock"));
  if (auto running = HEARTH_TRY(find_daemon(home))) return *std::move(running);
  const auto started = start_private_daemon({executable, arguments, home.log_path()});
  // Also after a failure: it may have lost against a `hearth serve` that started just then.
  if (auto running = HEARTH_TRY(find_daemon(home))) return *std::move(running);
  HEARTH_TRY(started);
  return fail(Code::kUnavailable,
              "the daemon ended right after it had started; its log is '" + home.log_path() + "'");
}

Result<void> wait_until_stopped(const config::Home& home) {
  HEARTH_TRY(base::FileLock::acquire(home.lock_path()));
  return {};
}

}  // namespace hearth::cli
