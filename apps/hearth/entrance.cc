#include "entrance.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/inherited_sockets.h"

namespace hearth {

using config::Key;

namespace {

constexpr const char* kThisMachine = "127.0.0.1";
constexpr auto kCertificateLook = std::chrono::seconds(10);
constexpr std::int64_t kDaySeconds = 24 * 3600;
constexpr std::int64_t kExpiryWarningDays = 14;

void tell_expiry(const net::ServerIdentity& identity) {
  const std::int64_t left_s = identity.expires_s() - base::system_clock().wall_ms() / 1000;
  if (left_s > kExpiryWarningDays * kDaySeconds) return;
  log::warning(left_s > 0 ? "the certificate of server.tls_certificate expires soon"
                          : "the certificate of server.tls_certificate has expired",
               {{"days", left_s / kDaySeconds}});
}

}  // namespace

Result<void> Entrance::open() {
  const bool is_public = options_.mode == cli::ServeOptions::Mode::kPublic;
  if (is_public) {
    HEARTH_TRY(load_identity());
    auto inherited = HEARTH_TRY(net::take_inherited_sockets(net::socket_terms()));
    for (net::Listener& listener : inherited)
      HEARTH_TRY(adopt(std::move(listener)));
  }
  if (!has_socket_) HEARTH_TRY(server_.listen_unix(options_.home.socket_path()));
  if (is_public && !has_port_) HEARTH_TRY(open_port());
  return is_public ? open_ollama_port() : Result<void>();
}

Result<void> Entrance::adopt(net::Listener listener) {
  HEARTH_TRY(listener.check_private());
  log::info("listening on a socket of the service manager",
            {{"name", listener.name()}, {"address", listener.address()}});
  if (listener.is_unix()) {
    if (listener.address() == options_.home.socket_path()) has_socket_ = true;
    return server_.listen(std::move(listener));
  }
  has_port_ = true;
  note_url(listener.address());
  return listen_to_network(std::move(listener));
}

Result<void> Entrance::open_port() {
  const std::string& host = options_.settings.text(Key::kServerHost);
  const auto wanted = static_cast<std::uint16_t>(options_.settings.integer(Key::kServerPort));
  net::Listener listener = HEARTH_TRY(net::Listener::open_tcp(host, wanted));
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  note_url(shown + ":" + std::to_string(listener.port()));
  return listen_to_network(std::move(listener));
}

Result<void> Entrance::listen_to_network(net::Listener listener) {
  if (!listener.is_open_to_network()) return server_.listen(std::move(listener), carriers());
  if (!keys_.has_keys()) {
    return fail(Code::kPermissionDenied,
                "other machines may reach " + listener.address() +
                    ", and there is no API key yet to tell who may come in: make one by `hearth "
                    "keys inbound create`, or listen on 127.0.0.1");
  }
  if (!identity_) {
    log::warning(
        "API keys and what is asked travel readable to whoever listens on the way; set "
        "server.tls_certificate and server.tls_key",
        {{"address", listener.address()}});
  }
  return server_.listen(std::move(listener), carriers());
}

// It serves what every other port does.
Result<void> Entrance::open_ollama_port() {
  const std::int64_t wanted = options_.settings.integer(Key::kServerOllamaPort);
  if (wanted == 0) return {};
  const auto port =
      server_.listen_tcp(kThisMachine, static_cast<std::uint16_t>(wanted), carriers());
  if (port) {
    log::info("listening for Ollama's clients", {{"host", kThisMachine}, {"port", *port}});
    return {};
  }
  if (port.error().code != Code::kAlreadyExists) return fail(port.error());
  return fail(
      Code::kAlreadyExists,
      fmt::format("port {} of server.ollama_port is in use on {}, perhaps by an Ollama that "
                  "runs: stop that (systemctl stop ollama), or leave out --ollama-port and "
                  "let clients come to {} (OLLAMA_HOST)",
                  wanted, kThisMachine, url_));
}

Result<void> Entrance::open_roles(std::vector<RolePort> ports) {
  roles_ = std::move(ports);
  for (const RolePort& one : roles_) {
    const auto port = server_.listen_tcp(kThisMachine, one.port, carriers());
    if (port) {
      log::info("listening for one model",
                {{"host", kThisMachine}, {"port", *port}, {"model", one.role.model}});
      continue;
    }
    if (port.error().code != Code::kAlreadyExists) return fail(port.error());
    return fail(Code::kAlreadyExists,
                fmt::format("port {} of {} ({}) is in use on {}, perhaps by a llama-server that "
                            "runs: stop that, or choose another port",
                            one.port, config::setting_of(one.setting).name,
                            options_.settings.origin(one.setting).to_string(), kThisMachine));
  }
  return {};
}

const api::Role* Entrance::find_role(std::uint16_t port) const {
  for (const RolePort& one : roles_) {
    if (one.port == port && port != 0) return &one.role;
  }
  return nullptr;
}

void Entrance::note_url(const std::string& address) {
  if (url_.empty()) url_ = (identity_ ? "https://" : "http://") + address;
}

Result<void> Entrance::load_identity() {
  const std::string& certificate = options_.settings.text(Key::kServerTlsCertificate);
  if (certificate.empty()) return {};
  identity_ = HEARTH_TRY(
      net::ServerIdentity::load({certificate, options_.settings.text(Key::kServerTlsKey)}));
  if (!identity_->key_warning().empty()) log::warning(identity_->key_warning());
  tell_expiry(*identity_);
  look_for_a_new_certificate();
  return {};
}

void Entrance::look_for_a_new_certificate() {
  look_.expires_after(kCertificateLook);
  look_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    note_renewal(identity_->reload_if_changed());
    look_for_a_new_certificate();
  });
}

void Entrance::renew() {
  if (!identity_) return;
  const auto reloaded = identity_->reload();
  note_renewal(reloaded ? Result<bool>(true) : Result<bool>(fail(reloaded.error())));
}

void Entrance::note_renewal(const Result<bool>& renewed) {
  if (!renewed) {
    log::error("the certificate was not renewed; the old one stays in use",
               {{"reason", renewed.error().message}});
  } else if (*renewed) {
    log::info("new connections get the certificate as it is now");
    if (!identity_->key_warning().empty()) log::warning(identity_->key_warning());
    tell_expiry(*identity_);
  }
}

}  // namespace hearth
