#include "cli/connect/address.h"

namespace hearth::cli {

namespace {

using config::Key;

Result<std::string> configured_url(const config::Settings& settings) {
  const std::string& host = settings.text(Key::kServerHost);
  const std::int64_t port = settings.integer(Key::kServerPort);
  if (port == 0) {
    return fail(Code::kUnavailable,
                "server.port is 0, which is any free port, so it is known only while the daemon "
                "runs: start `hearth serve` first");
  }
  const bool has_tls = !settings.text(Key::kServerTlsCertificate).empty();
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return (has_tls ? "https://" : "http://") + shown + ":" + std::to_string(port);
}

}  // namespace

Result<std::string> client_url(const std::string& daemon_url, const config::Settings& settings) {
  const std::string url = daemon_url.empty() ? HEARTH_TRY(configured_url(settings)) : daemon_url;
  const std::size_t begin = url.find("://") + 3;
  const std::size_t colon = url.rfind(':');
  std::string host = url.substr(begin, colon - begin);
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "[::]") host = "[::1]";
  const auto names = settings.names(Key::kServerHosts);
  if (url.starts_with("https://") && !names.empty()) host = names.front();
  return url.substr(0, begin) + host + url.substr(colon);
}

}  // namespace hearth::cli
