// Every reply has an id, whoever makes it.
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_server.h"
#include "net/testing/raw_client.h"

namespace hearth::net {
namespace {

using testing::RawClient;
using testing::RawReply;
using ::testing::StartsWith;

asio::awaitable<void> answer(HttpExchange& exchange) {
  if (exchange.request().path == "/silent") co_return;
  co_await exchange.respond(200, "text/plain", "");
}

std::string id_in_reply(RawClient& client) {
  const RawReply reply = client.read_reply();
  return reply.headers.contains("x-request-id") ? reply.headers.at("x-request-id") : "none";
}

TEST(RequestId, IsInEveryReply) {
  asio::io_context loop(1);
  HttpServerOptions options;
  options.limits.connections = 1;
  options.handler = &answer;
  HttpServer server(loop, std::move(options));
  const std::uint16_t port = server.listen_tcp("127.0.0.1", 0).value();
  std::thread runs([&] { loop.run(); });
  {
    RawClient client(port);
    client.request("GET", "/", "", "X-Request-Id: mine\r\n");
    EXPECT_EQ(id_in_reply(client), "mine");
    for (const char* path : {"/", "/silent"}) {
      client.request("GET", path);
      EXPECT_THAT(id_in_reply(client), StartsWith("req-")) << path;
    }
    RawClient turned_away(port);
    EXPECT_THAT(id_in_reply(turned_away), StartsWith("req-"));
    client.send("nonsense\r\n\r\n");
    EXPECT_THAT(id_in_reply(client), StartsWith("req-"));
  }
  asio::co_spawn(loop, server.drain(std::chrono::milliseconds(0)), asio::use_future).get();
  runs.join();
}

TEST(RequestId, IsAShortVisibleText) {
  EXPECT_TRUE(is_request_id("a"));
  EXPECT_TRUE(is_request_id(std::string(kRequestIdBytesMax, '~')));
  EXPECT_FALSE(is_request_id(""));
  EXPECT_FALSE(is_request_id(std::string(kRequestIdBytesMax + 1, 'a')));
  for (const char* odd : {"a b", "a\tb", "a\x7F", "\xC3\xA4"})
    EXPECT_FALSE(is_request_id(odd)) << odd;
}

}  // namespace
}  // namespace hearth::net
