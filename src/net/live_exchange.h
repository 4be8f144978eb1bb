// The HttpExchange of a real connection: frames what the handler says. Every reply has the
// request's id.
//
// Threads: confined to the loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/http_exchange.h"
#include "net/peer_stream.h"
#include "net/response_head.h"

namespace hearth::net {

class LiveExchange final : public HttpExchange {
 public:
  struct Terms {
    bool keep_alive = false;   // what both sides want so far
    bool is_http_1_1 = false;  // an older client gets no chunks
    base::Duration write_timeout{};
  };

  LiveExchange(std::shared_ptr<PeerStream> stream, HttpRequest request, Terms terms);
  ~LiveExchange() override;

  const HttpRequest& request() const override { return request_; }
  void add_header(std::string name, std::string value) override;
  asio::awaitable<Result<void>> respond(int status, std::string content_type,
                                        std::string body) override;
  asio::awaitable<Result<void>> begin_stream(int status, std::string content_type) override;
  asio::awaitable<Result<void>> write(std::string_view chunk) override;
  asio::awaitable<Result<void>> end_stream() override;
  bool answered() const override { return progress_ != Progress::kNothing; }
  int status() const override { return status_; }
  bool disconnected() const override { return stream_->ended(); }
  void on_disconnect(std::function<void()> callback) override;

  // The reply is on the wire whole.
  bool whole() const { return progress_ == Progress::kDone; }
  // And the connection can carry another request.
  bool reusable() const { return whole() && terms_.keep_alive; }

 private:
  enum class Progress { kNothing, kStreaming, kDone, kBroken };

  std::string head(int status, std::string_view content_type, Framing framing, std::size_t bytes);
  asio::awaitable<Result<void>> send(PeerStream::Pieces pieces, Progress then);

  std::shared_ptr<PeerStream> stream_;
  HttpRequest request_;
  Terms terms_;
  std::vector<Header> headers_;
  Framing framing_ = Framing::kLength;
  Progress progress_ = Progress::kNothing;
  int status_ = 0;
  std::shared_ptr<std::function<void()>> on_disconnect_;  // gone with the exchange
};

}  // namespace hearth::net
