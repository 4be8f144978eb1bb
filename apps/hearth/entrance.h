// Where the daemon is reached: the home's Unix socket, the port of the settings, and what a service
// manager opened for us in place of either.
//
// Ownership: borrows the server.
// Threads:   confined to the loop.
// Errors:    those of net::Listener; kPermissionDenied for an inherited socket that lets others in.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/wiring.h"
#include "net/http_server.h"

namespace hearth {

class Entrance {
 public:
  Entrance(net::HttpServer& server, const cli::ServeOptions& options)
      : server_(server), options_(options) {}

  // Listens everywhere. A private daemon has its Unix socket only.
  Result<void> open();
  // "http://127.0.0.1:4327"; empty where only Unix sockets are listened on.
  const std::string& url() const { return url_; }

 private:
  Result<void> adopt(net::Listener listener);
  Result<void> open_port();
  void note_url(const std::string& address);

  net::HttpServer& server_;
  const cli::ServeOptions& options_;
  bool has_port_ = false;
  bool has_socket_ = false;  // of the home
  std::string url_;
};

}  // namespace hearth
