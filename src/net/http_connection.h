// One connection: request after request until one side has had enough. The life of a request:
// read it, hand it to the handler, see that it was answered, keep the connection or end it.
//
// Ownership: its own coroutine owns it; the service knows it while it lives.
// Threads:   confined to the loop.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "net/body_taker.h"
#include "net/http_exchange.h"
#include "net/peer_stream.h"
#include "net/request_parser.h"
#include "net/signal.h"

namespace hearth::net {

class HttpConnection;

// What all connections of one server share; it outlives the server while one of them still runs.
struct HttpService {
  HttpLimits limits;
  HttpHandler handler;
  RefusalShaper shape_refusal;
  BodyTakers body_takers;
  std::set<HttpConnection*> connections;
  Signal fewer_connections;
  std::size_t bodies_bytes = 0;  // in memory now, of all connections
};

// What one request's body takes of what all bodies may take together.
class BodyShare {
 public:
  explicit BodyShare(HttpService& service) : service_(service) {}
  ~BodyShare() { release(); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  // False, and nothing is taken, when the others leave too little.
  bool grow_to(std::size_t bytes);
  void release();

 private:
  HttpService& service_;
  std::size_t bytes_ = 0;
};

class HttpConnection {
 public:
  // REQUIRES: the carrier is of this socket.
  HttpConnection(PeerStream::Socket socket, std::unique_ptr<Carrier> carrier,
                 std::shared_ptr<HttpService> service);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // The whole life of a connection.
  static asio::awaitable<void> serve(std::shared_ptr<HttpConnection> self);

  // `port` is ours; 0 of a Unix socket.
  void set_peer(PeerKind kind, std::string name, std::uint16_t port);
  // No further request after the one being answered, if any.
  void finish_soon();
  void close();

 private:
  struct Incoming {
    HttpRequest request;
    bool keep_alive = false;
    bool is_http_1_1 = false;
  };
  using Read = tl::expected<std::optional<Incoming>, Refusal>;

  asio::awaitable<void> run();
  asio::awaitable<bool> open();
  asio::awaitable<Read> read_request();
  asio::awaitable<tl::expected<bool, Refusal>> read_some(RequestParser& parser);
  asio::awaitable<tl::expected<void, Refusal>> hand_over_piece(RequestParser& parser);
  base::TimePoint deadline_for(const RequestParser& parser);
  asio::awaitable<bool> answer(Incoming incoming);
  asio::awaitable<void> refuse(Refusal refusal);
  asio::awaitable<void> linger();

  std::shared_ptr<HttpService> service_;
  std::shared_ptr<PeerStream> stream_;
  BodyShare body_share_;
  PeerKind peer_kind_ = PeerKind::kNetwork;
  std::string peer_;
  std::uint16_t port_ = 0;
  bool finishing_ = false;
  bool continue_sent_ = false;
  RequestParser::State phase_ = RequestParser::State::kNothing;
  base::TimePoint phase_deadline_{};
};

}  // namespace hearth::net
