// Where the daemon is reached: the home's Unix socket, the port of the settings, and what a service
// manager opened for us in place of either; and, if wished, a port where Ollama's clients look and
// others at which one model stands for one purpose. With a certificate every port speaks TLS; Unix
// sockets, which nothing can overhear, never do. What other machines reach is opened only where
// there are keys to tell them apart.
//
// Ownership: borrows the server, which has to be done before this is destroyed, and the keys.
// Threads:   confined to the loop.
// Errors:    those of net::Listener and net::ServerIdentity; kPermissionDenied for an inherited
//            socket that lets every user in, and for one that other machines reach without a key.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.h"
#include "cli/wiring.h"
#include "key_desk.h"
#include "net/http_server.h"
#include "net/tls/server_identity.h"
#include "role_ports.h"

namespace hearth {

class Entrance {
 public:
  Entrance(boost::asio::io_context& loop, net::HttpServer& server, const cli::ServeOptions& options,
           const KeyDesk& keys)
      : server_(server), options_(options), keys_(keys), look_(loop) {}

  // Listens everywhere. A private daemon has its Unix socket only.
  Result<void> open();
  // On 127.0.0.1. REQUIRES: open().
  Result<void> open_roles(std::vector<RolePort> ports);
  // Null for a port that has none.
  const api::Role* find_role(std::uint16_t port) const;
  // Reads the certificate again, whether it looks changed or not. Where that fails it is logged,
  // and the old one stays.
  void renew();
  // Before the loop is to end.
  void end() { look_.cancel(); }
  // "http://127.0.0.1:4327"; empty where only Unix sockets are listened on.
  const std::string& url() const { return url_; }

 private:
  Result<void> adopt(net::Listener listener);
  Result<void> open_port();
  Result<void> listen_to_network(net::Listener listener);
  Result<void> open_ollama_port();
  Result<void> load_identity();
  net::CarrierMaker carriers() const { return identity_ ? identity_->carriers() : nullptr; }
  // Certificates are renewed by programs that tell nobody.
  void look_for_a_new_certificate();
  void note_renewal(const Result<bool>& renewed);
  void note_url(const std::string& address);

  net::HttpServer& server_;
  const cli::ServeOptions& options_;
  const KeyDesk& keys_;
  boost::asio::steady_timer look_;
  std::unique_ptr<net::ServerIdentity> identity_;  // none: no TLS
  bool has_port_ = false;
  bool has_socket_ = false;  // of the home
  std::string url_;
  std::vector<RolePort> roles_;
};

}  // namespace hearth
