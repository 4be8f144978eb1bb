// An HttpServer behind TLS, and clients that speak it well, badly, slowly or not at all.
#include <filesystem>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/replacement.h"
#include "base/testing/temporary_folder.h"
#include "net/http_server.h"
#include "net/testing/tls_client.h"
#include "net/testing/tls_identity.h"
#include "net/tls/certificate.h"
#include "net/tls/server_identity.h"

namespace hearth::net {
namespace {

using base::testing::TemporaryFolder;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using testing::RawClient;
using testing::RawReply;
using testing::TlsClient;
using testing::TlsIdentity;

const std::string kOffersHttp11 = "\x02h2\x08http/1.1";
const std::string kOffersHttp2Only = "\x02h2";
constexpr int kEvents = 400;

// The files of an identity, which can be replaced by those of another.
struct PemFiles {
  TemporaryFolder folder;
  ServerIdentity::Files paths{folder.file("certificate.pem"), folder.file("key.pem")};

  void hold(const std::string& certificate, const std::string& key) const {
    ASSERT_TRUE(base::replace_file(paths.certificate, certificate, 0644));
    ASSERT_TRUE(base::replace_file(paths.key, key, 0600));
  }
  void hold(const TlsIdentity& identity) const { hold(identity.pem(), identity.key_pem()); }
};

std::string event(int number) {
  return "data: " + std::to_string(number) + std::string(1000, '.') + "\n\n";
}

asio::awaitable<void> stream_events(HttpExchange& exchange) {
  co_await exchange.begin_stream(200, "text/event-stream");
  for (int i = 0; i < kEvents; ++i) {
    const std::string text = event(i);
    co_await exchange.write(text);
  }
  co_await exchange.end_stream();
}

asio::awaitable<void> write_until_it_fails(HttpExchange& exchange, std::promise<Code>& failed) {
  co_await exchange.begin_stream(200, "text/event-stream");
  const std::string text(16 * 1024, 'x');
  while (true) {
    auto written = co_await exchange.write(text);
    if (written) continue;
    failed.set_value(written.error().code);
    break;
  }
}

asio::awaitable<void> route(HttpExchange& exchange, std::promise<Code>& failed) {
  const HttpRequest& request = exchange.request();
  if (request.path == "/events") {
    co_await stream_events(exchange);
  } else if (request.path == "/endless") {
    co_await write_until_it_fails(exchange, failed);
  } else {
    std::string body = request.path + " " + request.body;
    co_await exchange.respond(200, "text/plain", std::move(body));
  }
}

class TlsServer {
 public:
  explicit TlsServer(const PemFiles& files, HttpLimits limits = {})
      : identity_(ServerIdentity::load(files.paths).value()), server_(loop_, options(limits)) {
    port = server_.listen_tcp("127.0.0.1", 0, identity_->carriers()).value();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~TlsServer() {
    asio::co_spawn(loop_, server_.drain(milliseconds(0)), asio::use_future).get();
    work_.reset();
    thread_.join();
  }
  Result<bool> reload_if_changed() {
    std::promise<Result<bool>> done;
    asio::post(loop_, [&] { done.set_value(identity_->reload_if_changed()); });
    return done.get_future().get();
  }
  std::size_t open_connections() {
    std::promise<std::size_t> done;
    asio::post(loop_, [&] { done.set_value(server_.open_connections()); });
    return done.get_future().get();
  }

  std::promise<Code> write_failed;
  std::uint16_t port = 0;

 private:
  HttpServerOptions options(HttpLimits limits) {
    HttpServerOptions options;
    options.limits = limits;
    options.handler = [this](HttpExchange& exchange) { return route(exchange, write_failed); };
    return options;
  }

  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  std::unique_ptr<ServerIdentity> identity_;
  HttpServer server_;
  std::thread thread_;
};

class Tls : public ::testing::Test {
 protected:
  Tls() { files_.hold(first_); }

  static std::string echo(RawClient& client, const std::string& body = "hello") {
    client.request("POST", "/echo", body);
    return client.read_reply().body;
  }

  TlsIdentity first_{"127.0.0.1"};
  TlsIdentity second_{"127.0.0.1"};
  PemFiles files_;
};

TEST_F(Tls, AnswersClientsOfBothVersions) {
  TlsServer server(files_);
  for (const auto& [version, name] :
       {std::pair(TLS1_2_VERSION, "TLSv1.2"), std::pair(TLS1_3_VERSION, "TLSv1.3")}) {
    TlsClient client(server.port, {version, kOffersHttp11});
    ASSERT_TRUE(client.agreed()) << name;
    EXPECT_EQ(client.version(), name);
    EXPECT_EQ(client.protocol(), "http/1.1");
    EXPECT_EQ(client.certificate(), first_.pem());
    for (const char* body : {"one", "two"})
      EXPECT_EQ(echo(client, body), std::string("/echo ") + body);
    client.request("POST", "/echo", "last", "Connection: close\r\n");
    EXPECT_EQ(client.read_reply().body, "/echo last");
    EXPECT_TRUE(client.at_end());
    EXPECT_TRUE(client.was_told_goodbye());
  }
}

TEST_F(Tls, RefusesOldVersionsAndOtherProtocols) {
  TlsServer server(files_);
  EXPECT_FALSE(TlsClient(server.port, {TLS1_1_VERSION}).agreed());
  EXPECT_FALSE(TlsClient(server.port, {0, kOffersHttp2Only}).agreed());
  EXPECT_TRUE(TlsClient(server.port).agreed());
}

TEST_F(Tls, LosesNoByteOfLargeBodiesAndOfRequestsThatAreSentAhead) {
  TlsServer server(files_);
  TlsClient client(server.port);
  std::string body(3'000'000, '\0');
  for (std::size_t i = 0; i < body.size(); ++i)
    body[i] = static_cast<char>('a' + i % 23);
  std::thread sender([&] {
    client.request("POST", "/echo", body);
    for (int i = 0; i < 20; ++i)
      client.request("POST", "/echo", "ahead " + std::to_string(i));
  });
  sender.join();
  EXPECT_EQ(client.read_reply().body, "/echo " + body);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(client.read_reply().body, "/echo ahead " + std::to_string(i));
}

TEST_F(Tls, TellsAClientWithoutTlsWhatIsSpokenHere) {
  TlsServer server(files_);
  RawClient client(server.port);
  client.request("GET", "/echo");
  const RawReply reply = client.read_reply();
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("https://"));
  EXPECT_TRUE(reply.complete);
  RawClient noise(server.port);
  noise.send("\x01\x02\x03 nothing that anybody speaks, and long enough to be a record");
  EXPECT_TRUE(noise.read_through("\n").empty()) << "it is refused without waiting";
}

TEST_F(Tls, GivesUpOnAHandshakeThatStalls) {
  HttpLimits limits;
  limits.header_timeout = milliseconds(100);
  TlsServer server(files_, limits);
  const std::string hello = TlsClient::hello();
  ASSERT_GT(hello.size(), 100U);
  for (const std::size_t sent : {std::size_t{0}, std::size_t{3}, std::size_t{80}}) {
    RawClient stalls(server.port);
    stalls.send(std::string_view(hello).substr(0, sent));
    EXPECT_TRUE(stalls.at_end()) << sent;
  }
  RawClient answered(server.port);
  answered.send(hello);  // and never a word more
  EXPECT_TRUE(answered.read_through("no such mark").empty());
  RawClient gone(server.port);
  gone.send(std::string_view(hello).substr(0, 80));
  gone.close();
  EXPECT_TRUE(TlsClient(server.port).agreed());
}

TEST_F(Tls, HandshakesThatStallHoldUpNobody) {
  TlsServer server(files_);
  const std::string hello = TlsClient::hello();
  std::vector<std::unique_ptr<RawClient>> stalls;
  for (int i = 0; i < 200; ++i) {
    stalls.push_back(std::make_unique<RawClient>(server.port));
    stalls.back()->send(std::string_view(hello).substr(0, static_cast<std::size_t>(i)));
  }
  const auto begin = std::chrono::steady_clock::now();
  TlsClient client(server.port);
  EXPECT_EQ(echo(client), "/echo hello");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5)) << "a header has ten";
  EXPECT_EQ(server.open_connections(), 201U);
}

TEST_F(Tls, HandshakesCountAsConnections) {
  HttpLimits limits;
  limits.connections = 2;
  limits.header_timeout = milliseconds(300);
  TlsServer server(files_, limits);
  RawClient first(server.port);
  RawClient second(server.port);
  first.send(TlsClient::hello().substr(0, 50));
  second.send(TlsClient::hello().substr(0, 50));
  EXPECT_FALSE(TlsClient(server.port).agreed());
  EXPECT_TRUE(first.at_end());
  EXPECT_TRUE(second.at_end());
  EXPECT_TRUE(TlsClient(server.port).agreed());
}

TEST_F(Tls, NewConnectionsGetANewCertificateWhileAStreamGoesOn) {
  TlsServer server(files_);
  TlsClient before(server.port, {0, "", 4096});
  before.request("GET", "/events");
  EXPECT_THAT(before.read_head(), HasSubstr("text/event-stream"));
  EXPECT_EQ(server.reload_if_changed().value(), false);
  files_.hold(second_);
  EXPECT_EQ(server.reload_if_changed().value(), true);
  TlsClient after(server.port);
  EXPECT_EQ(after.certificate(), second_.pem());
  EXPECT_EQ(echo(after), "/echo hello");
  for (int i = 0; i < kEvents; ++i)
    ASSERT_THAT(before.read_through(".\n\n"), HasSubstr("data: " + std::to_string(i) + "."));
  before.read_through("0\r\n\r\n");
  EXPECT_EQ(echo(before), "/echo hello");
  EXPECT_EQ(before.certificate(), first_.pem());
}

TEST_F(Tls, BrokenFilesChangeNothing) {
  TlsServer server(files_);
  const std::pair<std::string, std::string> broken[] = {
      {"no certificate", first_.key_pem()},
      {first_.pem(), "no key"},
      {second_.pem(), first_.key_pem()},
      {first_.pem(), ""},
      {first_.pem() + first_.pem().substr(0, 200), first_.key_pem()},
  };
  for (const auto& [certificate, key] : broken) {
    files_.hold(certificate, key);
    EXPECT_FALSE(server.reload_if_changed()) << certificate;
    EXPECT_EQ(server.reload_if_changed().value(), false) << "it is told once";
    EXPECT_EQ(TlsClient(server.port).certificate(), first_.pem());
  }
  std::filesystem::remove(files_.paths.key);
  EXPECT_FALSE(server.reload_if_changed());
  EXPECT_EQ(TlsClient(server.port).certificate(), first_.pem());
  files_.hold(second_);
  EXPECT_EQ(server.reload_if_changed().value(), true);
  EXPECT_EQ(TlsClient(server.port).certificate(), second_.pem());
}

TEST_F(Tls, EndsTheStreamOfAClientThatDoesNotRead) {
  HttpLimits limits;
  limits.write_timeout = milliseconds(300);
  TlsServer server(files_, limits);
  TlsClient client(server.port, {0, "", 4096});
  client.request("GET", "/endless");
  auto failed = server.write_failed.get_future();
  ASSERT_EQ(failed.wait_for(seconds(15)), std::future_status::ready);
  EXPECT_EQ(failed.get(), Code::kDeadlineExceeded);
}

// A slow reader that goes on sending: both directions hold each other up in neither.
TEST_F(Tls, ASlowReaderIsReadFromWhileItIsWrittenTo) {
  TlsServer server(files_);
  TlsClient client(server.port, {0, "", 4096});
  client.request("GET", "/events");
  std::vector<std::string> bodies;
  for (int i = 0; i < 6; ++i) {
    bodies.push_back(std::string(10'000, static_cast<char>('a' + i)));
    client.request("POST", "/echo", bodies.back());
  }
  const RawReply stream = client.read_reply();
  EXPECT_TRUE(stream.complete);
  std::string expected;
  for (int i = 0; i < kEvents; ++i)
    expected += event(i);
  EXPECT_EQ(stream.body, expected);
  for (const std::string& body : bodies)
    EXPECT_EQ(client.read_reply().body, "/echo " + body);
}

TEST_F(Tls, SaysWhatIsWrongWithItsFilesBeforeItListens) {
  const auto problem = [&] {
    const auto identity = ServerIdentity::load(files_.paths);
    return identity ? "none: " + (*identity)->key_warning() : identity.error().message;
  };
  EXPECT_EQ(problem(), "none: ");
  std::filesystem::permissions(files_.paths.key, std::filesystem::perms(0644));
  EXPECT_THAT(problem(), HasSubstr("chmod 600"));
  files_.hold(first_.pem(), first_.key_pem("a passphrase"));
  EXPECT_THAT(problem(), HasSubstr("has a passphrase"));
  files_.hold(second_.pem(), first_.key_pem());
  EXPECT_THAT(problem(), HasSubstr("does not belong to the certificate"));
  files_.hold(first_.key_pem(), first_.key_pem());
  EXPECT_THAT(problem(), HasSubstr("holds no certificate in PEM"));
  std::filesystem::remove(files_.paths.certificate);
  EXPECT_THAT(problem(), HasSubstr("cannot open"));
}

TEST_F(Tls, ACertificateTellsWhoseItIsAndHowLong) {
  const auto facts = load_certificate_facts(files_.paths.certificate);
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->subject, "CN = a test's own authority");
  EXPECT_GT(facts->expires_s, base::system_clock().wall_ms() / 1000 + 3000);
  EXPECT_LT(facts->expires_s, base::system_clock().wall_ms() / 1000 + 4000);
}

}  // namespace
}  // namespace hearth::net
