#include "net/http_client.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <future>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

namespace hearth::net {
namespace {

// Takes one connection, reads one request and lets a script answer it.
class OneShotServer {
 public:
  using Script = std::function<void(int socket, const std::string& request)>;

  explicit OneShotServer(Script script) : OneShotServer(AF_UNIX, std::move(script)) {}
  OneShotServer(int family, Script script) {
    char name[] = "/tmp/hearth-http-XXXXXX";
    folder_ = ::mkdtemp(name);
    listener_ = Fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    family == AF_UNIX ? bind_unix() : bind_tcp();
    EXPECT_EQ(::listen(listener_.get(), 1), 0);
    thread_ = std::thread([this, script = std::move(script)] {
      const Fd socket(::accept(listener_.get(), nullptr, nullptr));
      script(socket.get(), read_request(socket.get()));
    });
  }
  ~OneShotServer() {
    thread_.join();
    std::filesystem::remove_all(folder_);
  }

  std::string path() const { return folder_ + "/s"; }
  std::uint16_t port() const { return port_; }

 private:
  void bind_unix() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path().c_str());
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  void bind_tcp() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  // The header, and a body of up to 64 bytes if it says so.
  static std::string read_request(int socket) {
    std::string request;
    char byte = 0;
    while (!request.ends_with("\r\n\r\n") && ::read(socket, &byte, 1) == 1)
      request += byte;
    const std::size_t at = request.find("Content-Length: ");
    if (at == std::string::npos) return request;
    for (int left = std::min(std::atoi(request.c_str() + at + 16), 64); left > 0; --left) {
      if (::read(socket, &byte, 1) != 1) break;
      request += byte;
    }
    return request;
  }

  std::string folder_;
  Fd listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

OneShotServer::Script say(std::string text) {
  return [text](int socket, const std::string&) { (void)base::write_all(socket, text); };
}

TEST(HttpClient, SendsARequestAndCollectsTheReply) {
  std::string seen;
  Result<HttpReply> reply = fail(Code::kInternal, "not sent");
  {
    const OneShotServer server([&](int socket, const std::string& request) {
      seen = request;
      (void)base::write_all(socket,
                            "HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-A: b\r\n\r\nhi");
    });
    reply = HttpClient::over_unix(server.path())
                .send({"POST", "/v1/x", {{"Content-Type", "text/plain"}}, "body", 0});
  }
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 201);
  EXPECT_EQ(reply->body, "hi");
  EXPECT_EQ(reply->headers.back(), (std::pair<std::string, std::string>("X-A", "b")));
  EXPECT_EQ(seen,
            "POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
            "Content-Length: 4\r\nConnection: close\r\n\r\nbody");
}

TEST(HttpClient, SpeaksTcpToo) {
  const OneShotServer server(AF_INET, say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"));
  const auto reply = HttpClient::over_tcp("127.0.0.1", server.port()).send({});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->body, "x");
}

TEST(HttpClient, HandsOnChunksBeforeTheReplyIsComplete) {
  std::promise<void> first_seen;
  const OneShotServer server([&](int socket, const std::string&) {
    (void)base::write_all(
        socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n6\r\nsec");
    first_seen.get_future().wait();  // the rest follows only when the start was delivered
    (void)base::write_all(socket, "ond\r\n0\r\n\r\n");
  });
  std::string all;
  const auto reply = HttpClient::over_unix(server.path()).send({}, [&](std::string_view bytes) {
    if (all.empty()) first_seen.set_value();
    all += bytes;
    return ChunkAction::kContinue;
  });
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(all, "firstsecond");
  EXPECT_EQ(reply->body, "");
}

TEST(HttpClient, CollectsTheBodyOfAnErrorInsteadOfStreamingIt) {
  const OneShotServer server(say("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"));
  const auto reply = HttpClient::over_unix(server.path()).send({}, [](std::string_view) {
    ADD_FAILURE() << "an error is no stream";
    return ChunkAction::kContinue;
  });
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 404);
  EXPECT_EQ(reply->body, "gone");
}

TEST(HttpClient, AHandlerThatStopsClosesTheConnection) {
  std::promise<ssize_t> end;
  const OneShotServer server([&](int socket, const std::string&) {
    (void)base::write_all(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
    char byte = 0;
    end.set_value(::read(socket, &byte, 1));  // blocks until the client closes
  });
  const auto reply = HttpClient::over_unix(server.path()).send({}, [](std::string_view) {
    return ChunkAction::kStop;
  });
  ASSERT_TRUE(reply);
  EXPECT_EQ(end.get_future().get(), 0);
}

TEST(HttpClient, AnInterruptClosesTheConnectionWhileItWaits) {
  const Fd interrupt(::eventfd(0, EFD_CLOEXEC));
  std::promise<ssize_t> end;
  const OneShotServer server([&](int socket, const std::string&) {
    ::eventfd_write(interrupt.get(), 1);
    char byte = 0;
    end.set_value(::read(socket, &byte, 1));
  });
  const auto reply = HttpClient::over_unix(server.path()).send({}, nullptr, interrupt.get());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::kCancelled);
  EXPECT_EQ(end.get_future().get(), 0);
}

TEST(HttpClient, NobodyListeningIsUnavailable) {
  const auto unix_reply = HttpClient::over_unix("/tmp/hearth-no-such-socket").send({});
  ASSERT_FALSE(unix_reply);
  EXPECT_EQ(unix_reply.error().code, Code::kUnavailable);
  // A port that was free a moment ago: bound, never listening.
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  const auto tcp_reply = HttpClient::over_tcp("127.0.0.1", ntohs(address.sin_port)).send({});
  ASSERT_FALSE(tcp_reply);
  EXPECT_EQ(tcp_reply.error().code, Code::kUnavailable);
}

TEST(HttpClient, ASocketPathThatIsTooLongIsRefused) {
  const auto reply = HttpClient::over_unix("/" + std::string(200, 'x')).send({});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::kInvalidArgument);
}

TEST(HttpClient, AConnectionThatBreaksOffIsUnavailable) {
  for (const char* text :
       {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    const OneShotServer server(say(text));
    const auto reply = HttpClient::over_unix(server.path()).send({});
    ASSERT_FALSE(reply) << text;
    EXPECT_EQ(reply.error().code, Code::kUnavailable) << text;
  }
}

TEST(HttpClient, AReplyWithoutALengthEndsWithTheConnection) {
  const OneShotServer server(say("HTTP/1.1 200 OK\r\n\r\nall of it"));
  const auto reply = HttpClient::over_unix(server.path()).send({});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->body, "all of it");
}

TEST(HttpClient, WhatIsNotHttpIsUpstream) {
  const OneShotServer server(say("SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n"));
  const auto reply = HttpClient::over_unix(server.path()).send({});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::kUpstream);
}

TEST(HttpClient, AClaimedPetabyteReservesNothing) {
  const OneShotServer server(say("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\nx"));
  const auto reply = HttpClient::over_unix(server.path()).send({});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::kUnavailable);
}

TEST(HttpClient, ABodyThatNobodyTakesIsLimited) {
  const OneShotServer server([](int socket, const std::string&) {
    const std::string much(1 << 20, 'x');
    ::send(socket, "HTTP/1.1 200 OK\r\n\r\n", 19, MSG_NOSIGNAL);
    while (::send(socket, much.data(), much.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  const auto reply = HttpClient::over_unix(server.path()).send({});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::kResourceExhausted);
}

TEST(HttpClient, AnAnswerBeforeTheBodyWasReadIsTakenAsTheAnswer) {
  const OneShotServer server([](int socket, const std::string&) {
    (void)base::write_all(socket, "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nbig");
    ::shutdown(socket, SHUT_WR);
  });
  const auto reply =
      HttpClient::over_unix(server.path()).send({"POST", "/", {}, std::string(8 << 20, 'x'), 0});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 413);
  EXPECT_EQ(reply->body, "big");
}

TEST(HttpClient, ASilentServerRunsIntoTheDeadline) {
  std::promise<void> over;
  const OneShotServer server([&](int, const std::string&) { over.get_future().wait(); });
  HttpCall call;
  call.timeout_ms = 20;
  const auto reply = HttpClient::over_unix(server.path()).send(call);
  over.set_value();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::kDeadlineExceeded);
}

// Listens as nobody does, until it is ended.
pid_t listen_as_another_user(const std::string& folder, const std::string& path) {
  constexpr uid_t kSomebody = 65534;
  int ends[2];
  if (::pipe(ends) != 0 || ::chown(folder.c_str(), kSomebody, kSomebody) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path.c_str());
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const bool listens =
        ::setuid(kSomebody) == 0 &&
        ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
        ::listen(listener, 1) == 0;
    [[maybe_unused]] const auto told = ::write(ends[1], listens ? "1" : "0", 1);
    ::pause();
    ::_exit(0);
  }
  char listens = '0';
  [[maybe_unused]] const auto heard = ::read(ends[0], &listens, 1);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(listens, '1');
  return child;
}

TEST(HttpClient, SendsNothingToTheSocketOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  char name[] = "/tmp/hearth-http-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  const std::string path = folder + "/s";
  const pid_t other = listen_as_another_user(folder, path);
  ASSERT_GT(other, 0);
  const auto reply = HttpClient::over_unix(path).send({"GET", "/", {}, "", 2000});
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  std::filesystem::remove_all(folder);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Code::kPermissionDenied) << reply.error().message;
}

}  // namespace
}  // namespace hearth::net
