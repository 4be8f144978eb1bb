// An HTTP/1.1 server on one loop: listens, accepts, reads requests within limits, and hands each
// to one handler. It knows no route and no dialect.
//
// Ownership:  borrows the io_context, which must outlive it. Destroying it closes everything.
// Threads:    confined to the loop; listen before or while it runs.
// Invariants: running out of descriptors or memory pauses accepting and never ends it. Above
//             HttpLimits::connections a new one is told 503 and closed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "net/body_taker.h"
#include "net/carrier.h"
#include "net/http_exchange.h"
#include "net/http_message.h"
#include "net/listener.h"

namespace hearth::net {

struct HttpService;
struct ListeningPoint;

// One line of plain text.
RefusalReply plain_refusal(const Refusal& refusal);

struct HttpServerOptions {
  HttpLimits limits;
  HttpHandler handler;
  RefusalShaper shape_refusal = plain_refusal;
  BodyTakers body_takers = {};
};

class HttpServer {
 public:
  HttpServer(asio::io_context& loop, HttpServerOptions options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The port that was bound; 0 asks for a free one. `host` is an address or "localhost". Without
  // `carry` bytes are carried as they are.
  Result<std::uint16_t> listen_tcp(const std::string& host, std::uint16_t port,
                                   CarrierMaker carry = nullptr);
  // A file of mode 0600; refused where a live server listens, a stale one is replaced.
  Result<void> listen_unix(const std::string& path);
  // Wherever it listens already.
  Result<void> listen(Listener listener, CarrierMaker carry = nullptr);

  void stop_accepting();
  // Stops accepting, lets every running request finish and idle connections go. What is still
  // there after `patience` is closed.
  asio::awaitable<void> drain(base::Duration patience);
  std::size_t open_connections() const;

 private:
  asio::io_context& loop_;
  std::shared_ptr<HttpService> service_;
  std::vector<std::shared_ptr<ListeningPoint>> points_;
};

}  // namespace hearth::net
