#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/units.h"
#include "cli/doctor/facts.h"
#include "cli/model_choice.h"
#include "net/http_client.h"
#include "net/http_message.h"
#include "net/tls/certificate.h"
#include "net/tls/server_identity.h"
#include "net/tls/tls_carrier.h"
#include "process/sandbox.h"
#include "store/installed.h"

namespace hearth::cli::doctor {

namespace {

constexpr std::size_t kMeminfoBytesMax = 64 * 1024;
constexpr std::size_t kModelsMax = 10'000;
constexpr int kProbeTimeoutMs = 2'000;
constexpr std::int64_t kDaySeconds = 24 * 3600;

std::uint64_t meminfo(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return 0;
  const std::size_t digits = text.find_first_of("0123456789", at);
  if (digits == std::string_view::npos) return 0;
  std::uint64_t kib = 0;
  std::from_chars(text.data() + digits, text.data() + text.size(), kib);
  return kib * base::kKiB;
}

void look_at_machine(Facts& facts) {
  facts.cpu = config::read_cpu();
  const std::string memory = base::load_text_file("/proc/meminfo", kMeminfoBytesMax).value_or("");
  facts.memory_bytes = meminfo(memory, "MemTotal:");
  facts.memory_available_bytes = meminfo(memory, "MemAvailable:");
  utsname system{};
  if (::uname(&system) == 0) facts.kernel = system.release;
  const auto sandbox = process::Sandbox::prepare({});
  facts.sandbox = sandbox ? sandbox->description() : "none: " + sandbox.error().message;
  if (!sandbox || !sandbox->is_complete()) {
    facts.sandbox_problem =
        "a newer kernel, or a container that allows it, would hold the runners more firmly";
  }
}

void look_for_runner(const config::Settings& settings, Facts& facts) {
  facts.runner_folders =
      config::runner_folders(config::system_environment(), config::own_executable());
  facts.runners = config::find_runners(facts.runner_folders);
  auto runner = config::choose_runner(settings, facts.runners, facts.cpu, facts.runner_folders);
  if (runner) {
    facts.runner = std::move(*runner);
  } else {
    facts.runner_problem = runner.error().message;
  }
}

FolderFact look_at_folder(std::string what, const std::string& path) {
  FolderFact fact{std::move(what), path, 0, ""};
  struct statvfs space{};
  if (::statvfs(path.c_str(), &space) != 0 || ::access(path.c_str(), W_OK | X_OK) != 0) {
    fact.problem = std::strerror(errno);
    return fact;
  }
  fact.free_bytes = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
  return fact;
}

// As the daemon looks: the folder itself and nothing below it.
std::vector<std::string> find_models(const std::string& folder) {
  std::vector<std::string> models;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (name.ends_with(".gguf")) models.push_back(name);
    if (models.size() >= kModelsMax) break;
  }
  return models;
}

std::optional<CertificateFact> look_at_certificate(const config::Settings& settings) {
  const std::string& path = settings.text(config::Key::kServerTlsCertificate);
  if (path.empty()) return std::nullopt;
  CertificateFact fact{.path = path};
  const auto identity =
      net::ServerIdentity::load({path, settings.text(config::Key::kServerTlsKey)});
  const auto found = net::load_certificate_facts(path);
  if (!identity || !found) {
    fact.problem = identity ? found.error().message : identity.error().message;
    return fact;
  }
  fact.subject = found->subject;
  fact.expires_s = found->expires_s;
  const std::int64_t left_s = found->expires_s - base::system_clock().wall_ms() / 1000;
  fact.days_left = left_s < 0 ? -1 : left_s / kDaySeconds;
  return fact;
}

// Our daemon does not tell its name to who speaks no TLS, and nobody here needs to trust it.
bool is_ours(const net::HttpReply& reply, const Facts& facts) {
  if (reply.body.find(R"("name":"hearth")") != std::string::npos) return true;
  for (const auto& [name, value] : reply.headers) {  // it wants a key first
    const bool is_challenge = net::equals_ignoring_case(name, "WWW-Authenticate");
    if (is_challenge && value.find(R"(realm="hearth")") != std::string::npos) return true;
  }
  return facts.certificate && facts.daemon_running && reply.body.starts_with(net::kToPlainHttpText);
}

// Whether the address could be listened on now. Nothing ever listens.
PortState look_at_port(const Facts& facts) {
  const std::string& named = facts.host;
  const auto port = static_cast<std::uint16_t>(facts.port);
  const std::string host = named == "localhost" ? "127.0.0.1" : named;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  v4.sin_port = v6.sin6_port = htons(port);
  const bool is_v4 = ::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1;
  if (!is_v4 && ::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) {
    return PortState::kUnusable;
  }
  const Fd socket(::socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto* address =
      is_v4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
  const socklen_t size = is_v4 ? sizeof v4 : sizeof v6;
  if (::bind(socket.get(), address, size) == 0) return PortState::kFree;
  if (errno != EADDRINUSE) return PortState::kUnusable;
  net::HttpCall probe;
  probe.target = "/hearth/v1/version";
  probe.timeout_ms = kProbeTimeoutMs;
  const auto reply = net::HttpClient::over_tcp(host, port).send(probe);
  return reply && is_ours(*reply, facts) ? PortState::kHearth : PortState::kTaken;
}

void look_for_daemon(const Context& context, const config::Home& home, Facts& facts) {
  if (const auto usable = home.check_socket_path(); !usable) {
    facts.socket_problem = usable.error().message;
    return;
  }
  const auto daemon = context.running_daemon();
  if (!daemon) {
    facts.daemon_problem = daemon.error().message;
  } else if (*daemon) {
    facts.daemon_running = true;
    const auto version = (*daemon)->version();
    facts.daemon_version = version ? version->version : "unknown";
  }
}

}  // namespace

Result<Facts> gather(const Context& context) {
  const config::Home home = HEARTH_TRY(context.home());
  Facts facts;
  look_at_machine(facts);
  // What fails here shows again, per folder, below.
  [[maybe_unused]] const auto made = home.ensure_folders();
  facts.folders = {look_at_folder("home", home.data_folder()),
                   look_at_folder("cache", home.cache_folder())};
  facts.config_path = home.config_file();
  const auto loaded = context.settings();
  if (!loaded) facts.config_problem = loaded.error().message;
  const config::Settings settings = loaded ? *loaded : config::Settings();
  look_for_runner(settings, facts);
  look_for_daemon(context, home, facts);
  facts.host = settings.text(config::Key::kServerHost);
  facts.port = settings.integer(config::Key::kServerPort);
  facts.certificate = look_at_certificate(settings);
  facts.port_state = look_at_port(facts);
  const std::string& chosen = settings.text(config::Key::kModelsFolder);
  facts.models_folder = chosen.empty() ? home.models_folder() : chosen;
  facts.models = find_models(facts.models_folder);
  facts.damaged_manifests = store::Installed(facts.models_folder).look().damaged;
  facts.model_hint = how_to_give_a_model(home, settings);
  return facts;
}

}  // namespace hearth::cli::doctor
