#include "entrance.h"

#include <utility>

#include "base/log.h"
#include "net/inherited_sockets.h"

namespace hearth {

using config::Key;

Result<void> Entrance::open() {
  const bool is_public = options_.mode == cli::ServeOptions::Mode::kPublic;
  if (is_public) {
    auto inherited = HEARTH_TRY(net::take_inherited_sockets(net::socket_terms()));
    for (net::Listener& listener : inherited)
      HEARTH_TRY(adopt(std::move(listener)));
  }
  if (!has_socket_) HEARTH_TRY(server_.listen_unix(options_.home.socket_path()));
  if (is_public && !has_port_) return open_port();
  return {};
}

Result<void> Entrance::adopt(net::Listener listener) {
  HEARTH_TRY(listener.check_private());
  log::info("listening on a socket of the service manager",
            {{"name", listener.name()}, {"address", listener.address()}});
  if (listener.is_unix()) {
    if (listener.address() == options_.home.socket_path()) has_socket_ = true;
  } else {
    has_port_ = true;
    note_url(listener.address());
  }
  return server_.listen(std::move(listener));
}

Result<void> Entrance::open_port() {
  const std::string& host = options_.settings.text(Key::kServerHost);
  const auto wanted = static_cast<std::uint16_t>(options_.settings.integer(Key::kServerPort));
  const std::uint16_t port = HEARTH_TRY(server_.listen_tcp(host, wanted));
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  note_url(shown + ":" + std::to_string(port));
  return {};
}

void Entrance::note_url(const std::string& address) {
  if (url_.empty()) url_ = "http://" + address;
}

}  // namespace hearth
