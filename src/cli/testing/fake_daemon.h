// A daemon for tests: a Unix socket in a home, HTTP by hand, answers from a script. One
// connection at a time, each on the server's own thread.
//
// Threads: the script runs on the server's thread; requests() is thread-safe.
#pragma once

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "config/home.h"

namespace hearth::cli::testing {

class TemporaryHome {
 public:
  TemporaryHome() : path_(make()), home_(*config::Home::locate(no_environment(), path_)) {
    EXPECT_TRUE(home_.ensure_folders());
  }
  ~TemporaryHome() { std::filesystem::remove_all(path_); }
  TemporaryHome(const TemporaryHome&) = delete;
  TemporaryHome& operator=(const TemporaryHome&) = delete;

  const std::string& path() const { return path_; }
  const config::Home& home() const { return home_; }

 private:
  static std::string make() {
    char name[] = "/tmp/hearth-cli-XXXXXX";
    return ::mkdtemp(name);
  }
  static config::Environment no_environment() {
    return [](const char*) { return std::nullopt; };
  }

  std::string path_;
  config::Home home_;
};

struct FakeRequest {
  std::string line;  // "GET /health/live"
  std::string body;
};

// Writes to the client of the moment.
class FakeReply {
 public:
  explicit FakeReply(int socket) : socket_(socket) {}
  void json(int status, const std::string& body) const {
    raw("HTTP/1.1 " + std::to_string(status) +
        " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  void start_events() const { raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"); }
  void event(const std::string& data) const { raw("data: " + data + "\n\n"); }
  void text(const std::string& escaped) const {
    event(R"({"choices":[{"delta":{"content":")" + escaped + R"("},"finish_reason":null}]})");
  }
  // {"content":…}, {"reasoning_content":…}, {"tool_calls":…}.
  void delta(const std::string& json) const {
    event(R"({"choices":[{"delta":)" + json + R"(,"finish_reason":null}]})");
  }
  void finish() const {
    event(R"({"choices":[{"delta":{},"finish_reason":"stop"}]})");
    event(R"({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3}})");
    event("[DONE]");
  }
  // Returns when the client has closed the connection.
  void wait_until_gone() const {
    char byte = 0;
    while (::read(socket_, &byte, 1) > 0) {
    }
  }
  void raw(const std::string& bytes) const {
    ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

 private:
  int socket_;
};

class FakeDaemon {
 public:
  using Script = std::function<void(const FakeRequest&, const FakeReply&)>;

  FakeDaemon(const config::Home& home, Script script)
      : script_(std::move(script)), stop_(::eventfd(0, EFD_CLOEXEC)) {
    listener_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, home.socket_path().c_str(), sizeof address.sun_path - 1);
    ::unlink(address.sun_path);  // of the one before
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 16), 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeDaemon() {
    stop();
    thread_.join();
  }
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  void stop() const { ::eventfd_write(stop_.get(), 1); }

  std::vector<FakeRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    while (true) {
      pollfd watched[2] = {{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
      if (::poll(watched, 2, -1) < 0) continue;
      if (watched[1].revents != 0) return;
      const Fd socket(::accept(listener_.get(), nullptr, nullptr));
      const FakeRequest request = read_request(socket.get());
      const FakeReply reply(socket.get());
      if (request.line == "GET /health/live") {
        reply.json(200, "{}");
        continue;
      }
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      script_(request, reply);
    }
  }

  static FakeRequest read_request(int socket) {
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n") && ::read(socket, &byte, 1) == 1)
      head += byte;
    FakeRequest request;
    request.line = head.substr(0, head.find(" HTTP/"));
    const std::size_t at = head.find("Content-Length: ");
    int left = at == std::string::npos ? 0 : std::atoi(head.c_str() + at + 16);
    for (; left > 0 && ::read(socket, &byte, 1) == 1; --left)
      request.body += byte;
    return request;
  }

  Script script_;
  Fd listener_;
  Fd stop_;
  mutable std::mutex mutex_;
  std::vector<FakeRequest> requests_;
  std::thread thread_;
};

}  // namespace hearth::cli::testing
