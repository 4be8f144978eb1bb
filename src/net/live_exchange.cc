#include "net/live_exchange.h"

#include <fmt/format.h>

#include "base/clock.h"

namespace hearth::net {

LiveExchange::LiveExchange(std::shared_ptr<PeerStream> stream, HttpRequest request, Terms terms)
    : stream_(std::move(stream)), request_(std::move(request)), terms_(terms) {
  headers_.push_back({kRequestIdHeader, request_.id});
}

LiveExchange::~LiveExchange() {
  stream_->forget_on_end();
}

void LiveExchange::add_header(std::string name, std::string value) {
  HEARTH_ASSERT(!answered());
  headers_.push_back({std::move(name), std::move(value)});
}

std::string LiveExchange::head(int status, std::string_view content_type, Framing framing,
                               std::size_t bytes) {
  status_ = status;
  framing_ = framing;
  ResponseHead head;
  head.status = status;
  head.content_type = content_type;
  head.framing = framing;
  head.body_bytes = bytes;
  head.connection = terms_.keep_alive ? "keep-alive" : "close";
  return format_head(head, headers_, base::system_clock().wall_ms());
}

asio::awaitable<Result<void>> LiveExchange::send(PeerStream::Pieces pieces, Progress then) {
  progress_ = then;
  auto sent = co_await stream_->write(pieces, terms_.write_timeout);
  if (!sent) progress_ = Progress::kBroken;
  co_return sent;
}

asio::awaitable<Result<void>> LiveExchange::respond(int status, std::string content_type,
                                                    std::string body) {
  HEARTH_ASSERT(!answered());
  const std::string first = head(status, content_type, Framing::kLength, body.size());
  PeerStream::Pieces pieces{first};
  if (request_.method != "HEAD") pieces[1] = body;
  co_return co_await send(pieces, Progress::kDone);
}

asio::awaitable<Result<void>> LiveExchange::begin_stream(int status, std::string content_type) {
  HEARTH_ASSERT(!answered());
  if (!terms_.is_http_1_1) terms_.keep_alive = false;
  const Framing framing = terms_.is_http_1_1 ? Framing::kChunked : Framing::kUntilClose;
  const std::string first = head(status, content_type, framing, 0);
  const PeerStream::Pieces pieces{first};
  co_return co_await send(pieces, Progress::kStreaming);
}

asio::awaitable<Result<void>> LiveExchange::write(std::string_view chunk) {
  if (progress_ == Progress::kBroken) {
    co_return fail(Code::kUnavailable, "the client has gone");
  }
  HEARTH_ASSERT(progress_ == Progress::kStreaming);
  if (chunk.empty() || request_.method == "HEAD") co_return Result<void>();
  if (framing_ == Framing::kUntilClose) {
    const PeerStream::Pieces plain{chunk};
    co_return co_await send(plain, Progress::kStreaming);
  }
  const std::string size = fmt::format("{:x}\r\n", chunk.size());
  const PeerStream::Pieces pieces{size, chunk, "\r\n"};
  co_return co_await send(pieces, Progress::kStreaming);
}

asio::awaitable<Result<void>> LiveExchange::end_stream() {
  if (progress_ == Progress::kBroken) {
    co_return fail(Code::kUnavailable, "the client has gone");
  }
  HEARTH_ASSERT(progress_ == Progress::kStreaming);
  if (framing_ == Framing::kUntilClose || request_.method == "HEAD") {
    progress_ = Progress::kDone;
    co_return Result<void>();
  }
  const PeerStream::Pieces last{"0\r\n\r\n"};
  co_return co_await send(last, Progress::kDone);
}

void LiveExchange::on_disconnect(std::function<void()> callback) {
  on_disconnect_ = std::make_shared<std::function<void()>>(std::move(callback));
  auto tell = [weak = std::weak_ptr<std::function<void()>>(on_disconnect_)] {
    if (const auto alive = weak.lock()) (*alive)();
  };
  stream_->on_end(std::move(tell));
}

}  // namespace hearth::net
