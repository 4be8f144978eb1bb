#include "net/http_server.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/replacement.h"
#include "base/testing/temporary_folder.h"
#include "net/signal.h"
#include "net/testing/raw_client.h"

namespace hearth::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using testing::RawClient;
using testing::RawReply;

// What the handler tells the test, from the loop's thread.
struct Seen {
  std::promise<void> disconnected;
  std::promise<Code> write_failed;
  std::atomic<int> writes{0};
};

std::string numbered_line(int number) {
  return "line " + std::to_string(number) + "\n";
}

asio::awaitable<void> stream_lines(HttpExchange& exchange) {
  co_await exchange.begin_stream(200, "text/plain");
  for (int i = 0; i < 3; ++i) {
    const std::string line = numbered_line(i);
    co_await exchange.write(line);
  }
  co_await exchange.end_stream();
}

// Begins an answer and then waits for ever, as while a model thinks.
asio::awaitable<void> stream_until_gone(HttpExchange& exchange, Seen& seen) {
  auto gone = std::make_shared<Signal>(co_await asio::this_coro::executor);
  std::function<void()> tell = [gone] { gone->notify(); };
  exchange.on_disconnect(std::move(tell));
  co_await exchange.begin_stream(200, "text/plain");
  co_await exchange.write("begun");
  co_await gone->wait_until(kNever);
  seen.disconnected.set_value();
}

asio::awaitable<void> write_without_end(HttpExchange& exchange, Seen& seen) {
  co_await exchange.begin_stream(200, "text/plain");
  const std::string chunk(64 * 1024, 'x');
  while (true) {
    auto written = co_await exchange.write(chunk);
    if (!written) {
      seen.write_failed.set_value(written.error().code);
      break;
    }
    ++seen.writes;
  }
}

asio::awaitable<void> wait_a_moment(HttpExchange& exchange) {
  Signal never(co_await asio::this_coro::executor);
  co_await never.wait_until(base::system_clock().now() + milliseconds(200));
  co_await exchange.respond(200, "text/plain", "waited");
}

asio::awaitable<void> route(HttpExchange& exchange, Seen& seen) {
  const HttpRequest& request = exchange.request();
  if (request.path == "/lines") {
    co_await stream_lines(exchange);
  } else if (request.path == "/gone") {
    co_await stream_until_gone(exchange, seen);
  } else if (request.path == "/endless") {
    co_await write_without_end(exchange, seen);
  } else if (request.path == "/wait") {
    co_await wait_a_moment(exchange);
  } else if (request.path == "/silent") {
    co_return;
  } else if (request.path == "/throw") {
    throw std::runtime_error("out of order");
  } else if (request.path == "/open") {
    co_await exchange.begin_stream(200, "text/plain");
    co_await exchange.write("half");
  } else {
    std::string body = request.method + " " + request.path + " " + request.body;
    co_await exchange.respond(200, "text/plain", std::move(body));
  }
}

HttpServerOptions options_with(HttpLimits limits, Seen& seen) {
  HttpServerOptions options;
  options.limits = limits;
  options.handler = [&seen](HttpExchange& exchange) { return route(exchange, seen); };
  return options;
}

// A server with its own thread.
class Running {
 public:
  explicit Running(HttpLimits limits = {}) : server_(loop_, options_with(limits, seen)) {
    port = server_.listen_tcp("127.0.0.1", 0).value();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Running() {
    drain(milliseconds(0));
    work_.reset();
    thread_.join();
  }
  // How long it took until no connection was open.
  milliseconds drain(milliseconds patience) {
    const auto begin = std::chrono::steady_clock::now();
    asio::co_spawn(loop_, server_.drain(patience), asio::use_future).get();
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
  }
  Result<void> listen_unix(const std::string& path) {
    std::promise<Result<void>> done;
    asio::post(loop_, [&] { done.set_value(server_.listen_unix(path)); });
    return done.get_future().get();
  }

  Seen seen;
  std::uint16_t port = 0;

 private:
  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  HttpServer server_;
  std::thread thread_;
};

using base::testing::TemporaryFolder;

TEST(HttpServer, AnswersSeveralRequestsOnOneConnection) {
  Running server;
  RawClient client(server.port);
  for (int i = 0; i < 3; ++i) {
    client.request("POST", "/echo", "body " + std::to_string(i));
    const RawReply reply = client.read_reply();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "POST /echo body " + std::to_string(i));
  }
  client.request("GET", "/last", "", "Connection: close\r\n");
  EXPECT_EQ(client.read_reply().headers.at("connection"), "close");
  EXPECT_TRUE(client.at_end());
}

TEST(HttpServer, LosesNoByteOfRequestsThatAreSentAhead) {
  Running server;
  RawClient client(server.port);
  const std::string lines = "line 0\nline 1\nline 2\n";
  std::string all;
  std::vector<std::string> expected;
  for (int i = 0; i < 12; ++i) {
    const std::string body(5000, static_cast<char>('a' + i));
    const std::string path = i == 3 ? "/wait" : i % 2 == 0 ? "/lines" : "/echo";
    all += "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n" + body;
    expected.push_back(i == 3 ? "waited" : i % 2 == 0 ? lines : "POST /echo " + body);
  }
  client.send(all);
  for (const std::string& body : expected)
    EXPECT_EQ(client.read_reply().body, body);
}

TEST(HttpServer, StreamsInChunksAndThenTakesTheNextRequest) {
  Running server;
  RawClient client(server.port);
  client.request("GET", "/lines");
  const std::string head = client.read_head();
  EXPECT_EQ(RawClient::parse(head).headers.at("transfer-encoding"), "chunked");
  EXPECT_EQ(client.read_through("0\r\n\r\n"),
            "7\r\nline 0\n\r\n7\r\nline 1\n\r\n7\r\nline 2\n\r\n0\r\n\r\n");
  client.request("GET", "/echo");
  EXPECT_EQ(client.read_reply().body, "GET /echo ");
}

TEST(HttpServer, TellsTheHandlerAtOnceThatTheClientHasGone) {
  Running server;
  RawClient client(server.port);
  client.request("GET", "/gone");
  client.read_through("begun");
  auto disconnected = server.seen.disconnected.get_future();
  const auto begin = std::chrono::steady_clock::now();
  client.close();
  ASSERT_EQ(disconnected.wait_for(seconds(10)), std::future_status::ready);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(1));
}

TEST(HttpServer, TellsTheHandlerOfAClientThatWasGoneBeforeItAsked) {
  Running server;
  RawClient client(server.port);
  client.request("GET", "/gone");
  client.close();
  EXPECT_EQ(server.seen.disconnected.get_future().wait_for(seconds(10)), std::future_status::ready);
}

TEST(HttpServer, EndsTheStreamOfAClientThatDoesNotRead) {
  HttpLimits limits;
  limits.write_timeout = milliseconds(300);
  Running server(limits);
  RawClient client(server.port, 4096);
  client.request("GET", "/endless");
  auto failed = server.seen.write_failed.get_future();
  ASSERT_EQ(failed.wait_for(seconds(15)), std::future_status::ready);
  EXPECT_EQ(failed.get(), Code::kDeadlineExceeded);
  // What was written fits into the kernel's buffers; nothing piled up in ours.
  EXPECT_LT(server.seen.writes * 64, 16 * 1024);
}

TEST(HttpServer, RefusesBadRequestsWithTheirStatusAndCloses) {
  HttpLimits limits;
  limits.body_bytes = 1000;
  Running server(limits);
  const auto status = [&](const std::string& text) {
    RawClient client(server.port);
    client.send(text);
    const RawReply reply = client.read_reply();
    EXPECT_EQ(reply.headers.at("connection"), "close");
    client.shutdown_send();
    EXPECT_TRUE(client.at_end());
    return reply.status;
  };
  EXPECT_EQ(status("nonsense\r\n\r\n"), 400);
  EXPECT_EQ(status("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x')), 431);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n"), 413);
}

TEST(HttpServer, AClientThatStillSendsItsLargeBodyReadsWhyItWasRefused) {
  HttpLimits limits;
  limits.body_bytes = 1000;
  Running server(limits);
  RawClient client(server.port);
  client.request("POST", "/", std::string(4'000'000, 'x'));
  const RawReply reply = client.read_reply();
  EXPECT_EQ(reply.status, 413);
  EXPECT_THAT(reply.body, HasSubstr("1000 bytes"));
}

TEST(HttpServer, GivesUpOnARequestThatComesTooSlowly) {
  HttpLimits limits;
  limits.header_timeout = milliseconds(100);
  limits.body_timeout = milliseconds(100);
  limits.idle_timeout = milliseconds(100);
  Running server(limits);
  RawClient header(server.port);
  header.send("GET / HTTP/1.1\r\nHos");
  EXPECT_EQ(header.read_reply().status, 408);
  RawClient body(server.port);
  body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_EQ(body.read_reply().status, 408);
  RawClient idle(server.port);
  EXPECT_TRUE(idle.at_end());
  RawClient half(server.port);
  half.send("GET / HTTP/1.1\r\nHos");
  half.shutdown_send();
  EXPECT_EQ(half.read_reply().status, 400);
}

TEST(HttpServer, SaysContinueBeforeALargeBodyIsSent) {
  Running server;
  RawClient client(server.port);
  client.send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(client.read_reply().body, "POST /echo body");
}

TEST(HttpServer, AnswersHeadWithTheHeaderAlone) {
  Running server;
  RawClient client(server.port);
  client.request("HEAD", "/echo");
  const RawReply head = client.read_reply(RawClient::Of::kHead);
  EXPECT_EQ(head.headers.at("content-length"), "11");
  client.request("HEAD", "/lines");
  EXPECT_EQ(client.read_reply(RawClient::Of::kHead).status, 200);
  client.request("GET", "/echo");
  EXPECT_EQ(client.read_reply().body, "GET /echo ");
}

TEST(HttpServer, ServesAnOlderClientWithoutChunks) {
  Running server;
  RawClient client(server.port);
  client.send("GET /lines HTTP/1.0\r\n\r\n");
  const RawReply reply = client.read_reply();
  EXPECT_FALSE(reply.headers.contains("transfer-encoding"));
  EXPECT_EQ(reply.body, "line 0\nline 1\nline 2\n");
}

TEST(HttpServer, AnswersForAHandlerThatDoesNot) {
  Running server;
  for (const char* path : {"/silent", "/throw"}) {
    RawClient client(server.port);
    client.request("GET", path);
    EXPECT_EQ(client.read_reply().status, 500) << path;
    client.request("GET", "/echo");
    EXPECT_EQ(client.read_reply().status, 200) << path;
  }
}

TEST(HttpServer, CutsAStreamThatItsHandlerLeftOpen) {
  Running server;
  RawClient client(server.port);
  client.request("GET", "/open");
  const RawReply reply = client.read_reply();
  EXPECT_EQ(reply.body, "half");
  EXPECT_FALSE(reply.complete);
}

TEST(HttpServer, TurnsAwayMoreConnectionsThanItsLimit) {
  HttpLimits limits;
  limits.connections = 2;
  Running server(limits);
  RawClient first(server.port);
  RawClient second(server.port);
  first.request("GET", "/echo");
  second.request("GET", "/echo");
  EXPECT_EQ(first.read_reply().status, 200);
  EXPECT_EQ(second.read_reply().status, 200);
  {
    RawClient third(server.port);
    EXPECT_EQ(third.read_reply().status, 503);
  }
  first.request("GET", "/echo");
  EXPECT_EQ(first.read_reply().status, 200);
}

TEST(HttpServer, BodiesInMemoryHaveOneLimitTogether) {
  HttpLimits limits;
  limits.bodies_bytes = 100'000;
  Running server(limits);
  const std::string body(80'000, 'x');
  RawClient first(server.port);
  first.request("POST", "/gone", body);
  first.read_through("begun");
  const auto status_of = [&](std::string_view method, std::string_view sent) {
    RawClient client(server.port);
    client.request(method, "/echo", sent);
    return client.read_reply().status;
  };
  EXPECT_EQ(status_of("POST", body), 503);
  EXPECT_EQ(status_of("POST", "small"), 200) << "what was refused takes nothing";
  EXPECT_EQ(status_of("GET", ""), 200);
  first.close();
  ASSERT_EQ(server.seen.disconnected.get_future().wait_for(seconds(10)), std::future_status::ready);
  EXPECT_EQ(status_of("POST", body), 200) << "what was answered is given back";
  RawClient again(server.port);
  for (int i = 0; i < 3; ++i) {
    again.request("POST", "/echo", body);
    EXPECT_EQ(again.read_reply().status, 200) << "one request after another on a connection";
  }
}

TEST(HttpServer, AcceptsAgainAfterDescriptorsRanOut) {
  asio::io_context loop(1);
  Seen seen;
  HttpServer server(loop, options_with({}, seen));
  const std::uint16_t port = server.listen_tcp("127.0.0.1", 0).value();
  // Everything runs once with descriptors to spare: UBSan needs some to look at a type it has not
  // seen before.
  RawClient first(port);
  first.request("GET", "/echo");
  while (server.open_connections() == 0)
    loop.run_one();
  first.close();
  while (server.open_connections() > 0)
    loop.run_one();
  RawClient client(port);
  client.request("GET", "/echo");
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(client.fd());
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  loop.run_for(milliseconds(250));
  EXPECT_EQ(server.open_connections(), 0U);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  std::thread runs([&] { loop.run(); });
  EXPECT_EQ(client.read_reply().body, "GET /echo ");
  loop.stop();
  runs.join();
}

TEST(HttpServer, DrainFinishesWhatRunsAndLetsIdleConnectionsGo) {
  Running server;
  RawClient idle(server.port);
  idle.request("GET", "/echo");
  idle.read_reply();
  RawClient busy(server.port);
  busy.request("GET", "/lines");
  busy.read_reply();
  busy.request("GET", "/wait");
  RawClient probe(server.port);  // answered after /wait has begun
  probe.request("GET", "/echo");
  probe.read_reply();
  EXPECT_LT(server.drain(seconds(20)), seconds(10));
  EXPECT_EQ(busy.read_reply().body, "waited");
  EXPECT_TRUE(idle.at_end());
  EXPECT_FALSE(RawClient(server.port).connected());
}

TEST(HttpServer, DrainClosesWhatDoesNotFinishInTime) {
  Running server;
  RawClient client(server.port);
  client.request("GET", "/gone");
  client.read_through("begun");
  EXPECT_LT(server.drain(milliseconds(50)), seconds(10));
  EXPECT_TRUE(client.read_through("never").empty());
}

TEST(HttpServer, SaysThatAPortIsTakenAndWhatToDo) {
  Running first;
  asio::io_context loop(1);
  HttpServer second(loop, {});
  const auto taken = second.listen_tcp("127.0.0.1", first.port);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::kAlreadyExists);
  EXPECT_THAT(taken.error().message,
              HasSubstr("port " + std::to_string(first.port) + " is in use"));
  EXPECT_THAT(taken.error().message, HasSubstr("--port"));
  EXPECT_EQ(second.listen_tcp("not an address", 0).error().code, Code::kInvalidArgument);
}

TEST(HttpServer, ListensOnAUnixSocketThatOnlyItsUserCanOpen) {
  TemporaryFolder folder;
  const std::string path = folder.file("h.sock");
  {
    Running server;
    ASSERT_TRUE(server.listen_unix(path));
    struct stat info{};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
    RawClient client(path);
    client.request("GET", "/echo");
    EXPECT_EQ(client.read_reply().body, "GET /echo ");
    Running second;
    const auto taken = second.listen_unix(path);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Code::kAlreadyExists);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(HttpServer, ReplacesASocketFileThatADeadServerLeft) {
  TemporaryFolder folder;
  const std::string path = folder.file("h.sock");
  {
    const Fd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(dead.get(), 1), 0);
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  Running server;
  ASSERT_TRUE(server.listen_unix(path));
  EXPECT_TRUE(RawClient(path).connected());
}

TEST(HttpServer, NeverReplacesAFileThatIsNoSocket) {
  TemporaryFolder folder;
  const std::string path = folder.file("precious");
  ASSERT_TRUE(base::replace_file(path, "data", 0600));
  Running server;
  EXPECT_EQ(server.listen_unix(path).error().code, Code::kAlreadyExists);
  EXPECT_EQ(base::load_text_file(path, 100).value(), "data");
  EXPECT_EQ(server.listen_unix(folder.file(std::string(200, 'x'))).error().code,
            Code::kInvalidArgument);
}

}  // namespace
}  // namespace hearth::net
