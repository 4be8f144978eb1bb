#include "net/body_taker.h"

#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_server.h"
#include "net/testing/raw_client.h"

namespace hearth::net {
namespace {

using ::testing::HasSubstr;
using testing::RawClient;
using testing::RawReply;

constexpr std::size_t kBodyLimit = 1000;

// Counts what it is given, slowly, and has enough of it at some point.
struct Counter final : BodyTaker {
  asio::awaitable<Result<void>> take(std::string piece) override {
    largest = std::max(largest, piece.size());
    bytes += piece.size();
    asio::steady_timer breath(co_await asio::this_coro::executor, std::chrono::microseconds(10));
    co_await breath.async_wait(asio::use_awaitable);
    if (bytes > bytes_max) co_return fail(Code::kResourceExhausted, "that is enough");
    co_return Result<void>();
  }
  std::size_t bytes = 0;
  std::size_t largest = 0;
  std::size_t bytes_max = 100'000'000;
};

// A server that takes in pieces what is sent to /large, and tells how much of it has come.
class TakingServer : public ::testing::Test {
 protected:
  TakingServer() : server_(loop_, options()) {
    port_ = server_.listen_tcp("127.0.0.1", 0).value();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~TakingServer() override {
    asio::co_spawn(loop_, server_.drain(std::chrono::milliseconds(0)), asio::use_future).get();
    work_.reset();
    thread_.join();
  }
  HttpServerOptions options() {
    HttpServerOptions options;
    options.limits.body_bytes = kBodyLimit;
    options.limits.bodies_bytes = 1'000'000;
    options.handler = [](HttpExchange& exchange) { return answer(exchange); };
    options.body_takers = [this](const HttpRequest& head) -> std::shared_ptr<BodyTaker> {
      if (head.path != "/large" || head.peer_kind != PeerKind::kLoopback) return nullptr;
      auto taker = std::make_shared<Counter>();
      if (head.find_header("X-Enough")) taker->bytes_max = 10;
      last_ = taker;
      ++made_;
      return taker;
    };
    return options;
  }
  static asio::awaitable<void> answer(HttpExchange& exchange) {
    const HttpRequest& request = exchange.request();
    const auto* const counter = dynamic_cast<const Counter*>(request.taker.get());
    std::string body = counter == nullptr ? "in memory " + std::to_string(request.body.size())
                                          : "taken " + std::to_string(counter->bytes) + " in " +
                                                std::to_string(request.body.size());
    (void)co_await exchange.respond(200, "text/plain", std::move(body));
  }
  RawReply send(const std::string& path, const std::string& body, const std::string& headers = {}) {
    RawClient client(port_);
    client.request("POST", path, body, headers);
    return client.read_reply();
  }

  // Of the takers that there were, at least `made`, none is left.
  bool are_gone(int made) {
    return asio::post(loop_, asio::use_future([&] { return made_ >= made && last_.expired(); }))
        .get();
  }

  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  HttpServer server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
  std::weak_ptr<Counter> last_;  // of the loop, as the number
  int made_ = 0;
};

TEST_F(TakingServer, ABodyGoesToItsTakerInPiecesHoweverLongItIs) {
  EXPECT_EQ(send("/large", std::string(20'000'000, 'x')).body, "taken 20000000 in 0");
  EXPECT_EQ(send("/large", "x").body, "taken 1 in 0");
  EXPECT_EQ(send("/large", "").body, "taken 0 in 0");
  EXPECT_EQ(send("/small", "xyz").body, "in memory 3");
  EXPECT_EQ(send("/small", std::string(kBodyLimit + 1, 'x')).status, 413);
}

TEST_F(TakingServer, ABodyInChunksToo) {
  RawClient client(port_);
  client.send("POST /large HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 100; ++i)
    client.send("10000\r\n" + std::string(0x10000, 'x') + "\r\n");
  client.send("0\r\n\r\n");
  EXPECT_EQ(client.read_reply().body, "taken 6553600 in 0");
  client.request("POST", "/small", "xyz");
  EXPECT_EQ(client.read_reply().body, "in memory 3") << "the connection goes on";
}

TEST_F(TakingServer, WhoAnnouncesALargeBodyIsToldToSendItOrNotTo) {
  RawClient client(port_);
  const std::string announced =
      " HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Content-Length: 2000\r\n\r\n";
  client.send("POST /large" + announced);
  EXPECT_EQ(client.read_reply().status, 100);
  client.send(std::string(2000, 'x'));
  EXPECT_EQ(client.read_reply().body, "taken 2000 in 0");
  client.send("POST /small" + announced);
  EXPECT_EQ(client.read_reply().status, 413);
}

TEST_F(TakingServer, ATakerThatHasEnoughEndsTheRequest) {
  const RawReply reply = send("/large", std::string(2'000'000, 'x'), "X-Enough: yes\r\n");
  EXPECT_EQ(reply.status, 507);
  EXPECT_THAT(reply.body, HasSubstr("that is enough"));
  while (!are_gone(1)) {  // what it began goes with it, when the connection has ended
    EXPECT_EQ(send("/small", "x").status, 200);
  }
}

TEST_F(TakingServer, WhoLeavesInTheMiddleLeavesNothingBehind) {
  {
    RawClient client(port_);
    client.send("POST /large HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\nhalf");
  }
  // The loop notices whenever it does; other requests are answered before and after.
  while (!are_gone(1))
    EXPECT_EQ(send("/small", "x").status, 200);
}

}  // namespace
}  // namespace hearth::net
