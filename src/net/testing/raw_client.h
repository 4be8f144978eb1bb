// A blocking HTTP client for tests that says exactly the bytes it is given, right or wrong, and
// takes answers apart. Not for production: it trusts what it reads.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/fd.h"

namespace hearth::net::testing {

struct RawReply {
  int status = 0;                              // 0: the connection ended before a whole head came
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool complete = false;  // the body ended as it was framed
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0) {
    fd_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer_bytes > 0) {
      ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                   sizeof receive_buffer_bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  explicit RawClient(const std::string& path) {
    fd_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    connect(reinterpret_cast<sockaddr*>(&address), sizeof address);
  }

  virtual ~RawClient() = default;

  bool connected() const { return connected_; }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = transmit(bytes);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void request(std::string_view method, std::string_view path, std::string_view body = {},
               std::string_view more_headers = {}) {
    std::string text(method);
    text += ' ';
    text += path;
    text += " HTTP/1.1\r\nHost: localhost\r\n";
    text += more_headers;
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    text += "\r\n";
    send(text.append(body));
  }

  // REQUIRES: the request was not HEAD, or `kHead` is passed.
  enum class Of { kOther, kHead };
  RawReply read_reply(Of of = Of::kOther) {
    RawReply reply;
    const std::string head = read_head();
    if (head.empty()) return reply;
    parse_head(head, reply);
    if (of == Of::kHead) {
      reply.complete = true;
    } else if (reply.headers.contains("content-length")) {
      const std::size_t size = std::stoul(reply.headers["content-length"]);
      reply.body = read_exactly(size);
      reply.complete = reply.body.size() == size;
    } else if (reply.headers.contains("transfer-encoding")) {
      reply.complete = read_chunks(reply.body);
    } else {
      while (fill()) {
      }
      reply.body.swap(unread_);
      reply.complete = true;
    }
    return reply;
  }

  // Head and blank line; empty when the connection ends first.
  std::string read_head() { return read_through("\r\n\r\n"); }
  // Up to and with the mark; empty when the connection ends first.
  std::string read_through(std::string_view mark) {
    std::size_t at = 0;
    while ((at = unread_.find(mark)) == std::string::npos) {
      if (!fill()) return {};
    }
    return read_exactly(at + mark.size());
  }
  // The peer has closed, or broken, the connection and nothing is left.
  bool at_end() { return unread_.empty() && !fill(); }

  void shutdown_send() { ::shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_.reset(); }
  int fd() const { return fd_.get(); }

  static RawReply parse(const std::string& head) {
    RawReply reply;
    parse_head(head, reply);
    return reply;
  }

 protected:
  virtual ssize_t transmit(std::string_view bytes) {
    return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  virtual ssize_t receive(char* room, std::size_t size) { return ::recv(fd_.get(), room, size, 0); }

 private:
  void connect(const sockaddr* address, socklen_t size) {
    const timeval patience{20, 0};  // a test that waits this long has failed
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connected_ = ::connect(fd_.get(), address, size) == 0;
  }

  bool fill() {
    char buffer[16384];
    const ssize_t size = receive(buffer, sizeof buffer);
    if (size <= 0) return false;
    unread_.append(buffer, static_cast<std::size_t>(size));
    return true;
  }
  std::string read_exactly(std::size_t size) {
    while (unread_.size() < size && fill()) {
    }
    std::string out = unread_.substr(0, size);
    unread_.erase(0, size);
    return out;
  }
  bool read_chunks(std::string& body) {
    while (true) {
      const std::string line = read_through("\r\n");
      if (line.empty()) return false;
      const std::size_t size = std::stoul(line, nullptr, 16);
      const std::string chunk = read_exactly(size + 2);
      if (chunk.size() != size + 2) return false;
      if (size == 0) return true;
      body.append(chunk, 0, size);
    }
  }
  static void parse_head(const std::string& head, RawReply& reply) {
    reply.status = std::atoi(head.substr(head.find(' ') + 1).c_str());
    for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
      const std::size_t end = head.find("\r\n", at);
      const std::size_t colon = head.find(':', at);
      std::string name = head.substr(at, colon - at);
      for (char& c : name)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      reply.headers[name] = head.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
  }

  Fd fd_;
  bool connected_ = false;
  std::string unread_;
};

}  // namespace hearth::net::testing
