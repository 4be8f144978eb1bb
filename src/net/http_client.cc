#include "net/http_client.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/system/error_code.hpp>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

namespace hearth::net {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 16 * 1024;

// A body that is handed on piece by piece. Unlike string_body it reserves nothing, so a reply
// that claims a petabyte costs nothing.
struct PieceBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool isRequest, class Fields>
    reader(http::header<isRequest, Fields>&, value_type& piece) : piece_(piece) {}
    template <class Length>
    void init(const Length&, error_code& error) {
      error = {};
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, error_code& error) {
      error = {};
      std::size_t size = 0;
      for (auto it = boost::asio::buffer_sequence_begin(buffers);
           it != boost::asio::buffer_sequence_end(buffers); ++it) {
        const boost::asio::const_buffer buffer = *it;
        piece_.append(static_cast<const char*>(buffer.data()), buffer.size());
        size += buffer.size();
      }
      return size;
    }
    void finish(error_code& error) { error = {}; }

   private:
    value_type& piece_;
  };
};

using Parser = http::response_parser<PieceBody>;

// One connected socket that gives up when the caller is interrupted or the time is over.
class Connection {
 public:
  Connection(Fd socket, int interrupt_fd, int timeout_ms) : socket_(std::move(socket)) {
    interrupt_fd_ = interrupt_fd;
    if (timeout_ms > 0) {
      deadline_ = base::system_clock().now() + std::chrono::milliseconds(timeout_ms);
    }
  }

  Result<void> finish_connecting(const std::string& where) {
    HEARTH_TRY(wait(POLLOUT));
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) return {};
    return fail(Code::kUnavailable, "nobody answers at " + where + ": " + std::strerror(error));
  }

  // Stops early when the peer answers or closes before it read everything: then its reply says
  // why.
  Result<void> write(std::string_view bytes) {
    while (!bytes.empty()) {
      const short ready = HEARTH_TRY(wait(POLLIN | POLLOUT));
      if ((ready & POLLIN) != 0) return {};
      const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno == EPIPE || errno == ECONNRESET) {
        return {};
      } else if (errno != EAGAIN && errno != EINTR) {
        return fail(base::errno_error(errno, "the connection to the daemon broke"));
      }
    }
    return {};
  }

  // How many bytes arrived; 0 at the end.
  Result<std::size_t> read(char* buffer, std::size_t size) {
    while (true) {
      HEARTH_TRY(wait(POLLIN));
      const ssize_t count = ::recv(socket_.get(), buffer, size, 0);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == ECONNRESET) return std::size_t{0};
      if (errno != EAGAIN && errno != EINTR) {
        return fail(base::errno_error(errno, "the connection to the daemon broke"));
      }
    }
  }

 private:
  Result<short> wait(short events) {
    while (true) {
      pollfd watched[2] = {{socket_.get(), events, 0}, {interrupt_fd_, POLLIN, 0}};
      const int count = ::poll(watched, 2, remaining_ms());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(base::errno_error(errno, "cannot wait for the daemon"));
      if (count == 0) return fail(Code::kDeadlineExceeded, "the daemon did not answer in time");
      if (watched[1].revents != 0) return fail(Code::kCancelled, "interrupted");
      return watched[0].revents;
    }
  }

  int remaining_ms() const {
    if (!deadline_) return -1;
    const auto left = *deadline_ - base::system_clock().now();
    const auto left_ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return left_ms > 0 ? static_cast<int>(left_ms) : 0;
  }

  Fd socket_;
  int interrupt_fd_ = -1;
  std::optional<base::TimePoint> deadline_;
};

Result<Fd> start_connecting(int family, const sockaddr* address, socklen_t size,
                            const std::string& where) {
  Fd socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return fail(base::errno_error(errno, "cannot make a socket"));
  while (::connect(socket.get(), address, size) != 0) {
    if (errno == EINTR) continue;
    if (errno == EINPROGRESS) break;
    return fail(Code::kUnavailable, "nobody answers at " + where + ": " + std::strerror(errno),
                where);
  }
  return socket;
}

// A prompt is not for whoever put a socket where ours was expected.
Result<void> check_is_own(int socket, const std::string& path) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return fail(base::errno_error(errno, "cannot tell who listens at '" + path + "'", path));
  }
  if (peer.uid == ::geteuid()) return {};
  return fail(Code::kPermissionDenied,
              "what listens at '" + path + "' belongs to another user (" +
                  std::to_string(peer.uid) + "), so nothing is sent to it",
              path);
}

Result<Fd> connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return fail(Code::kInvalidArgument,
                "the socket path '" + path + "' is longer than the system allows", path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd socket = HEARTH_TRY(start_connecting(AF_UNIX, reinterpret_cast<const sockaddr*>(&address),
                                          sizeof address, "'" + path + "'"));
  HEARTH_TRY(check_is_own(socket.get(), path));
  return socket;
}

Result<Fd> connect_tcp(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string number = std::to_string(port);
  const int error = ::getaddrinfo(host.c_str(), number.c_str(), &hints, &found);
  if (error != 0) {
    return fail(Code::kUnavailable,
                "cannot find the address '" + host + "': " + ::gai_strerror(error), host);
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  return start_connecting(found->ai_family, found->ai_addr, found->ai_addrlen, host + ":" + number);
}

std::string request_text(const HttpCall& call, const std::string& host) {
  std::string text = call.method + " " + call.target + " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const auto& [name, value] : call.headers)
    text += name + ": " + value + "\r\n";
  if (!call.body.empty() || call.method != "GET") {
    text += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  }
  return text + "Connection: close\r\n\r\n" + call.body;
}

// The reply as it grows out of the bytes.
class ReplyReader {
 public:
  explicit ReplyReader(const ChunkHandler& on_chunk) : on_chunk_(on_chunk) {
    parser_.eager(true);
    parser_.header_limit(kHeaderBytesMax);
    parser_.body_limit(boost::none);
  }

  // True when the reply is complete or the handler wants no more of it.
  Result<bool> feed(std::string_view bytes) {
    pending_.append(bytes);
    std::size_t used = 0;
    while (used < pending_.size() && !parser_.is_done()) {
      error_code error;
      const std::size_t taken =
          parser_.put(boost::asio::buffer(pending_.data() + used, pending_.size() - used), error);
      used += taken;
      if (error == http::error::need_more) break;
      if (error) return not_http(error);
      if (taken == 0) break;
    }
    pending_.erase(0, used);
    return hand_on();
  }

  // The peer closed: the end of a reply without a length, otherwise a broken one.
  Result<void> finish() {
    error_code error;
    if (parser_.got_some()) parser_.put_eof(error);
    if (!error && parser_.is_done()) return {};
    return fail(Code::kUnavailable,
                "the daemon closed the connection before its reply was complete");
  }

  HttpReply take() {
    const auto& message = parser_.get();
    reply_.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      reply_.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    return std::move(reply_);
  }

 private:
  static Failure not_http(const error_code& error) {
    return fail(Code::kUpstream, "what answered is no HTTP server: " + error.message());
  }

  Result<bool> hand_on() {
    std::string& piece = parser_.get().body();
    if (!piece.empty()) {
      const bool ok = parser_.get().result_int() / 100 == 2;
      if (ok && on_chunk_) {
        if (on_chunk_(piece) == ChunkAction::kStop) return true;
      } else if (reply_.body.size() + piece.size() > kCollectedBytesMax) {
        return fail(Code::kResourceExhausted,
                    "the reply is larger than " + std::to_string(kCollectedBytesMax) + " bytes");
      } else {
        reply_.body += piece;
      }
      piece.clear();
    }
    return parser_.is_done();
  }

  const ChunkHandler& on_chunk_;
  Parser parser_;
  std::string pending_;
  HttpReply reply_;
};

}  // namespace

HttpClient HttpClient::over_unix(std::string path) {
  HttpClient client;
  client.path_ = std::move(path);
  return client;
}

HttpClient HttpClient::over_tcp(std::string host, std::uint16_t port) {
  HttpClient client;
  client.host_ = std::move(host);
  client.port_ = port;
  return client;
}

Result<HttpReply> HttpClient::send(const HttpCall& call, const ChunkHandler& on_chunk,
                                   int interrupt_fd) const {
  const bool tcp = path_.empty();
  const bool is_v6 = host_.find(':') != std::string::npos;
  const std::string address = (is_v6 ? "[" + host_ + "]" : host_) + ":" + std::to_string(port_);
  Fd socket = HEARTH_TRY(tcp ? connect_tcp(host_, port_) : connect_unix(path_));
  Connection connection(std::move(socket), interrupt_fd, call.timeout_ms);
  HEARTH_TRY(connection.finish_connecting(tcp ? address : "'" + path_ + "'"));
  HEARTH_TRY(connection.write(request_text(call, tcp ? address : "localhost")));
  ReplyReader reader(on_chunk);
  char buffer[kReadBytes];
  while (true) {
    const std::size_t count = HEARTH_TRY(connection.read(buffer, sizeof buffer));
    if (count == 0) {
      HEARTH_TRY(reader.finish());
      return reader.take();
    }
    if (HEARTH_TRY(reader.feed(std::string_view(buffer, count)))) return reader.take();
  }
}

}  // namespace hearth::net
