// The other end of a connection in tests: accepts on loopback and lets a script say, on a thread
// for each connection, exactly the bytes it likes. What it was asked is kept. When it goes,
// its connections end, so no script waits for ever.
//
// Threads: thread-safe; scripts run beside each other.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/mutex.h"

namespace hearth::net::testing {

// What bytes go through: the socket itself, or TLS on it.
class PeerStream {
 public:
  virtual ~PeerStream() = default;
  virtual long read(char* buffer, std::size_t size) = 0;  // 0 or less: no more come
  virtual bool write(std::string_view bytes) = 0;
};

class PlainStream : public PeerStream {
 public:
  explicit PlainStream(int fd) : fd_(fd) {}
  long read(char* buffer, std::size_t size) override { return ::recv(fd_, buffer, size, 0); }
  bool write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

 private:
  int fd_;
};

// Null when the other side does not agree.
using StreamMaker = std::function<std::unique_ptr<PeerStream>(int fd)>;

class PeerConnection {
 public:
  PeerConnection(int fd, PeerStream& stream) : fd_(fd), stream_(stream) {}

  // Up to and with the blank line; empty when the other side is gone first.
  std::string read_head() {
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return {};
    }
    std::string head = unread_.substr(0, end + 4);
    unread_.erase(0, end + 4);
    return head;
  }
  // False when the other side is gone.
  bool send(std::string_view bytes) { return stream_.write(bytes); }
  // A byte now and then. False when the other side is gone.
  bool trickle(std::string_view bytes, int pause_ms) {
    for (const char& byte : bytes) {
      pollfd gone{fd_, POLLRDHUP, 0};
      if (::poll(&gone, 1, pause_ms) != 0 || !send(std::string_view(&byte, 1))) return false;
    }
    return true;
  }
  void wait_until_gone() {
    while (fill()) {
    }
  }
  // Ends it as a crash does: by RST instead of FIN.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  int fd() const { return fd_; }

 private:
  bool fill() {
    char buffer[16384];
    const long size = stream_.read(buffer, sizeof buffer);
    if (size <= 0) return false;
    unread_.append(buffer, static_cast<std::size_t>(size));
    return true;
  }

  int fd_;
  PeerStream& stream_;
  std::string unread_;
};

class ScriptedPeer {
 public:
  using Script = std::function<void(PeerConnection&)>;
  using Answers = std::function<std::string(const std::string& head)>;

  // When the script returns, its connection is closed.
  explicit ScriptedPeer(Script script, StreamMaker make_stream = plain())
      : script_(std::move(script)), make_stream_(std::move(make_stream)) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    HEARTH_ASSERT(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    HEARTH_ASSERT(::listen(listener_.get(), 64) == 0);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  // Answers one request after another on every connection.
  static Script answering(Answers answer) {
    return [answer = std::move(answer)](PeerConnection& connection) {
      for (std::string head; !(head = connection.read_head()).empty();) {
        if (!connection.send(answer(head))) return;
      }
    };
  }
  ~ScriptedPeer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    {
      const base::Lock lock(mutex_);
      for (const int fd : open_)
        ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_)
      thread.join();
  }
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(std::string_view path = "/") const { return "http://" + host().append(path); }
  int connections() {
    const base::Lock lock(mutex_);
    return connections_;
  }

  static StreamMaker plain() {
    return [](int fd) { return std::make_unique<PlainStream>(fd); };
  }

 private:
  void accept_all() {
    while (true) {
      const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      {
        const base::Lock lock(mutex_);
        open_.push_back(fd);
        ++connections_;
      }
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }
  void serve(int fd) {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);  // TLS writes without MSG_NOSIGNAL
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    if (const auto stream = make_stream_(fd)) {
      PeerConnection connection(fd, *stream);
      script_(connection);
    }
    const base::Lock lock(mutex_);
    std::erase(open_, fd);
    ::close(fd);
  }

  const Script script_;
  const StreamMaker make_stream_;
  Fd listener_;
  std::uint16_t port_ = 0;
  base::Mutex mutex_;
  std::vector<int> open_ GUARDED_BY(mutex_);
  int connections_ GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_;  // of the acceptor alone until it has ended
  std::thread acceptor_;
};

}  // namespace hearth::net::testing
