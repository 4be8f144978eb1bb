#include "net/http_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ids.h"
#include "base/log.h"
#include "net/http_connection.h"
#include "net/listener.h"
#include "net/response_head.h"

namespace hearth::net {

struct ListeningPoint {
  Listener listener;
  CarrierMaker carry;                         // none: as they are
  asio::posix::stream_descriptor descriptor;  // a duplicate, to wait on
  Signal pause;
  bool open = true;
};

namespace {

// How long accepting rests when the system has no descriptor or memory to give.
constexpr base::Duration kAcceptPause = std::chrono::milliseconds(100);

// A few bytes into an empty socket buffer: they fit or they do not matter.
void turn_away(const HttpService& service, int fd) {
  const Refusal refusal{503,
                        make_error(Code::kResourceExhausted,
                                   fmt::format("{} connections are open, which is the limit; "
                                               "try again later",
                                               service.limits.connections)),
                        {}};
  RefusalReply reply = service.shape_refusal(refusal);
  reply.headers.push_back({kRequestIdHeader, base::make_id("req")});
  ResponseHead head;
  head.status = refusal.status;
  head.content_type = reply.content_type;
  head.body_bytes = reply.body.size();
  head.connection = "close";
  const std::string bytes =
      format_head(head, reply.headers, base::system_clock().wall_ms()) + reply.body;
  [[maybe_unused]] const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ::shutdown(fd, SHUT_WR);
}

Result<std::unique_ptr<Carrier>> make_carrier(const ListeningPoint& point, int fd) {
  return point.carry ? point.carry(fd) : make_plain_carrier(fd);
}

void welcome(const std::shared_ptr<HttpService>& service, ListeningPoint& point,
             Accepted accepted) {
  const auto executor = point.descriptor.get_executor();
  if (service->connections.size() >= service->limits.connections) {
    // A few plain bytes would be no answer to who speaks another way.
    if (!point.carry) turn_away(*service, accepted.fd.get());
    return;
  }
  PeerStream::Socket socket(executor);
  boost::system::error_code error;
  auto carrier = make_carrier(point, accepted.fd.get());
  if (carrier) {
    socket.assign(asio::generic::stream_protocol(accepted.family, 0), accepted.fd.get(), error);
  }
  if (!carrier || error) {
    log::warning("a connection could not be served",
                 {{"reason", carrier ? error.message() : carrier.error().message}});
    return;
  }
  accepted.fd.release();
  auto connection =
      std::make_shared<HttpConnection>(std::move(socket), *std::move(carrier), service);
  connection->set_peer(accepted.kind, std::move(accepted.peer), point.listener.port());
  asio::co_spawn(executor, HttpConnection::serve(std::move(connection)), asio::detached);
}

asio::awaitable<void> accept_loop(std::shared_ptr<ListeningPoint> point,
                                  std::shared_ptr<HttpService> service) {
  while (point->open) {
    auto [error] = co_await point->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                                         asio::as_tuple(asio::use_awaitable));
    if (error || !point->open) break;
    auto accepted = accept_one(point->listener.fd());
    if (!accepted) {
      log::warning("accepting rests", {{"reason", accepted.error().message}});
      co_await point->pause.wait_until(base::system_clock().now() + kAcceptPause);
      continue;
    }
    if (*accepted) welcome(service, *point, **std::move(accepted));
  }
}

}  // namespace

RefusalReply plain_refusal(const Refusal& refusal) {
  return {"text/plain; charset=utf-8", refusal.error.message + "\n", {}};
}

HttpServer::HttpServer(asio::io_context& loop, HttpServerOptions options) : loop_(loop) {
  service_ = std::make_shared<HttpService>(HttpService{options.limits,
                                                       std::move(options.handler),
                                                       std::move(options.shape_refusal),
                                                       std::move(options.body_takers),
                                                       {},
                                                       Signal(loop.get_executor())});
}

HttpServer::~HttpServer() {
  stop_accepting();
  for (HttpConnection* connection : service_->connections)
    connection->close();
}

Result<std::uint16_t> HttpServer::listen_tcp(const std::string& host, std::uint16_t port,
                                             CarrierMaker carry) {
  Listener listener = HEARTH_TRY(Listener::open_tcp(host, port));
  const std::uint16_t bound = listener.port();
  HEARTH_TRY(listen(std::move(listener), std::move(carry)));
  return bound;
}

Result<void> HttpServer::listen_unix(const std::string& path) {
  Listener listener = HEARTH_TRY(Listener::open_unix(path));
  return listen(std::move(listener));
}

Result<void> HttpServer::listen(Listener listener, CarrierMaker carry) {
  auto point = std::make_shared<ListeningPoint>(
      ListeningPoint{std::move(listener), std::move(carry), asio::posix::stream_descriptor(loop_),
                     Signal(loop_.get_executor())});
  Fd waiting(::dup(point->listener.fd()));
  if (!waiting) return fail(base::errno_error(errno, "cannot watch the listening socket"));
  boost::system::error_code error;
  point->descriptor.assign(waiting.get(), error);
  if (error) return fail(Code::kInternal, "cannot watch the listening socket: " + error.message());
  waiting.release();
  points_.push_back(point);
  asio::co_spawn(loop_, accept_loop(std::move(point), service_), asio::detached);
  return {};
}

void HttpServer::stop_accepting() {
  for (const auto& point : points_) {
    point->open = false;
    boost::system::error_code ignored;
    point->descriptor.close(ignored);
    point->listener.close();
    point->pause.notify();
  }
  points_.clear();  // the loop of each holds its own until it has ended
}

asio::awaitable<void> HttpServer::drain(base::Duration patience) {
  stop_accepting();
  const auto service = service_;  // the server may be destroyed while this waits
  const base::TimePoint deadline = base::system_clock().now() + patience;
  for (HttpConnection* connection : service->connections)
    connection->finish_soon();
  while (!service->connections.empty()) {
    const bool fewer = co_await service->fewer_connections.wait_until(deadline);
    if (fewer) continue;
    log::warning("closing connections that did not finish in time",
                 {{"connections", service->connections.size()}});
    for (HttpConnection* connection : service->connections)
      connection->close();
    break;
  }
}

std::size_t HttpServer::open_connections() const {
  return service_->connections.size();
}

}  // namespace hearth::net
