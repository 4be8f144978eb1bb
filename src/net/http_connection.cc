#include "net/http_connection.h"

#include <algorithm>
#include <exception>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "net/live_exchange.h"

namespace hearth::net {

namespace {

// Beyond a whole header, how much of the next requests may wait while one is answered.
constexpr std::size_t kReadAheadBytes = 64 * base::kKiB;
// After a refusal the client may still be sending. Closing at once would make the kernel throw
// our answer away, so we listen a little longer.
constexpr std::size_t kLingerBytesMax = 16 * base::kMiB;
constexpr base::Duration kLingerTime = std::chrono::seconds(2);

using State = RequestParser::State;

std::string id_of(const HttpRequest& request) {
  const auto theirs = request.find_header(kRequestIdHeader);
  return theirs && is_request_id(*theirs) ? std::string(*theirs) : base::make_id("req");
}

// Of an error about a body that somebody may not send, that is wrong, or that cannot be kept.
int status_of_body(Code code) {
  switch (code) {
    case Code::kUnauthenticated:
      return 401;
    case Code::kPermissionDenied:
      return 403;
    case Code::kInvalidArgument:
      return 400;
    case Code::kResourceExhausted:
      return 507;
    default:
      return 500;
  }
}

Refusal refusal(int status, Code code, const char* message) {
  return Refusal{status, make_error(code, message), {}};
}

}  // namespace

bool BodyShare::grow_to(std::size_t bytes) {
  const std::size_t more = bytes - bytes_;
  if (more > service_.limits.bodies_bytes - service_.bodies_bytes) return false;
  service_.bodies_bytes += more;
  bytes_ = bytes;
  return true;
}

void BodyShare::release() {
  service_.bodies_bytes -= bytes_;
  bytes_ = 0;
}

HttpConnection::HttpConnection(PeerStream::Socket socket, std::unique_ptr<Carrier> carrier,
                               std::shared_ptr<HttpService> service)
    : service_(std::move(service)),
      stream_(std::make_shared<PeerStream>(std::move(socket), std::move(carrier),
                                           service_->limits.header_bytes + kReadAheadBytes)),
      body_share_(*service_) {
  service_->connections.insert(this);
}

HttpConnection::~HttpConnection() {
  stream_->close();
  service_->connections.erase(this);
  service_->fewer_connections.notify();
}

void HttpConnection::set_peer(PeerKind kind, std::string name, std::uint16_t port) {
  peer_kind_ = kind;
  peer_ = std::move(name);
  port_ = port;
}

void HttpConnection::finish_soon() {
  finishing_ = true;
  stream_->wake();
}

void HttpConnection::close() {
  finishing_ = true;
  stream_->close();
}

asio::awaitable<void> HttpConnection::serve(std::shared_ptr<HttpConnection> self) {
  co_await self->run();
}

asio::awaitable<void> HttpConnection::run() {
  bool again = co_await open();
  while (again && !finishing_) {
    Read read = co_await read_request();
    if (!read) {
      body_share_.release();  // what was read of it is gone
      co_await refuse(std::move(read).error());
      break;
    }
    if (!*read) break;
    again = co_await answer(**std::move(read));
    body_share_.release();
  }
}

// Whoever opens slowly gets the time of a header, and whoever fails is told nothing: there is no
// way yet in which to say it.
asio::awaitable<bool> HttpConnection::open() {
  stream_->start();
  const base::TimePoint deadline = base::system_clock().now() + service_->limits.header_timeout;
  bool in_time = true;
  while (in_time && !stream_->opened() && !stream_->ended() && !finishing_) {
    in_time = co_await stream_->wait_for_news(deadline);
  }
  if (!stream_->opened()) {
    log::debug("a connection did not open",
               {{"peer", peer_}, {"reason", in_time ? stream_->problem() : "it took too long"}});
  }
  co_return stream_->opened();
}

// Nothing, when the client left or kept silent between two requests.
asio::awaitable<HttpConnection::Read> HttpConnection::read_request() {
  RequestParser parser(service_->limits, &service_->body_takers);
  parser.set_peer(peer_kind_, peer_);
  continue_sent_ = false;
  phase_ = State::kNothing;
  phase_deadline_ = base::system_clock().now() + service_->limits.idle_timeout;
  while (parser.state() != State::kDone) {
    auto more = co_await read_some(parser);
    if (more && parser.taker() != nullptr && parser.body_bytes() > 0) {
      auto handed = co_await hand_over_piece(parser);
      if (!handed) more = tl::unexpected<Refusal>(std::move(handed).error());
    }
    if (!more) {
      Refusal refusal = std::move(more).error();
      refusal.head = parser.head();
      refusal.head.id = id_of(refusal.head);
      co_return tl::unexpected<Refusal>(std::move(refusal));
    }
    if (!*more) co_return std::optional<Incoming>();
  }
  std::optional<Incoming> incoming(std::in_place);
  incoming->keep_alive = parser.keep_alive();
  incoming->is_http_1_1 = parser.is_http_1_1();
  incoming->request = parser.take();
  incoming->request.id = id_of(incoming->request);
  incoming->request.port = port_;
  co_return incoming;
}

// Feeds what is there, or waits for more. False when there will be no further request.
asio::awaitable<tl::expected<bool, Refusal>> HttpConnection::read_some(RequestParser& parser) {
  const std::size_t offered = stream_->unread().size();
  if (offered > 0) {
    const auto used = parser.put(stream_->unread());
    if (!used) co_return tl::unexpected<Refusal>(used.error());
    stream_->take(*used);
    if (!body_share_.grow_to(parser.body_bytes())) {
      co_return tl::unexpected<Refusal>(
          refusal(503, Code::kResourceExhausted,
                  "the bodies of requests being answered fill the memory kept for them; try again "
                  "later"));
    }
    if (*used > 0) co_return true;
  }
  if (parser.expects_continue() && !continue_sent_) {
    continue_sent_ = true;
    const PeerStream::Pieces go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
    auto sent = co_await stream_->write(go_on, service_->limits.write_timeout);
    co_return sent.has_value();
  }
  const bool between = parser.state() == State::kNothing;
  if (between && finishing_) co_return false;
  if (stream_->ended()) {
    if (between) co_return false;
    co_return tl::unexpected<Refusal>(
        refusal(400, Code::kInvalidArgument, "the request ended in the middle"));
  }
  const bool news = co_await stream_->wait_for_news(deadline_for(parser));
  if (news) co_return true;
  if (between) co_return false;
  co_return tl::unexpected<Refusal>(
      refusal(408, Code::kDeadlineExceeded, "the request did not arrive in time"));
}

// The time of a body that goes on is that of a piece: nobody knows how large it is.
asio::awaitable<tl::expected<void, Refusal>> HttpConnection::hand_over_piece(
    RequestParser& parser) {
  std::string piece = parser.take_piece();
  const Result<void> taken = co_await parser.taker()->take(std::move(piece));
  body_share_.release();
  phase_deadline_ = base::system_clock().now() + service_->limits.body_timeout;
  if (taken) co_return tl::expected<void, Refusal>();
  co_return tl::unexpected<Refusal>(Refusal{status_of_body(taken.error().code), taken.error(), {}});
}

base::TimePoint HttpConnection::deadline_for(const RequestParser& parser) {
  if (parser.state() != phase_) {
    phase_ = parser.state();
    const HttpLimits& limits = service_->limits;
    phase_deadline_ = base::system_clock().now() +
                      (phase_ == State::kBody ? limits.body_timeout : limits.header_timeout);
  }
  return phase_deadline_;
}

// Whether the connection can carry another request.
asio::awaitable<bool> HttpConnection::answer(Incoming incoming) {
  LiveExchange::Terms terms;
  terms.keep_alive = incoming.keep_alive && !finishing_;
  terms.is_http_1_1 = incoming.is_http_1_1;
  terms.write_timeout = service_->limits.write_timeout;
  LiveExchange exchange(stream_, std::move(incoming.request), terms);
  try {
    co_await service_->handler(exchange);
  } catch (const std::exception& exception) {
    log::error("a handler threw", {{"request_id", exchange.request().id},
                                   {"path", exchange.request().path},
                                   {"what", exception.what()}});
  }
  if (!exchange.answered() && !exchange.disconnected()) {
    Refusal unanswered =
        refusal(500, Code::kInternal, "the server has no answer to this request; see its log");
    unanswered.head = exchange.request();
    RefusalReply reply = service_->shape_refusal(unanswered);
    for (Header& header : reply.headers) {
      exchange.add_header(std::move(header.name), std::move(header.value));
    }
    co_await exchange.respond(500, std::move(reply.content_type), std::move(reply.body));
  }
  if (exchange.whole() && !exchange.reusable()) stream_->shutdown_send();
  co_return exchange.reusable();
}

asio::awaitable<void> HttpConnection::refuse(Refusal refusal) {
  log::debug("request refused", {{"request_id", refusal.head.id},
                                 {"peer", peer_},
                                 {"status", refusal.status},
                                 {"reason", refusal.error.message}});
  LiveExchange::Terms terms;
  terms.write_timeout = service_->limits.write_timeout;
  LiveExchange exchange(stream_, refusal.head, terms);
  RefusalReply reply = service_->shape_refusal(refusal);
  for (Header& header : reply.headers) {
    exchange.add_header(std::move(header.name), std::move(header.value));
  }
  auto sent = co_await exchange.respond(refusal.status, std::move(reply.content_type),
                                        std::move(reply.body));
  if (sent) co_await linger();
}

asio::awaitable<void> HttpConnection::linger() {
  stream_->shutdown_send();
  const base::TimePoint deadline = base::system_clock().now() + kLingerTime;
  std::size_t thrown_away = 0;
  while (!stream_->ended() && thrown_away < kLingerBytesMax) {
    thrown_away += stream_->unread().size();
    stream_->take(stream_->unread().size());
    const bool news = co_await stream_->wait_for_news(deadline);
    if (!news || base::system_clock().now() >= deadline) break;
  }
}

}  // namespace hearth::net
