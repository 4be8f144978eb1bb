#include "net/tls/tls_carrier.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <openssl/sslerr.h>
#include <sys/socket.h>

#include "base/units.h"
#include "net/tls/openssl_things.h"

namespace hearth::net {

namespace {

constexpr std::size_t kRecordBytes = 16 * base::kKiB;  // as much as one takes
// How much is encrypted before others have their turn.
constexpr std::size_t kTurnBytes = 256 * base::kKiB;

std::string plain_http_reply() {
  return fmt::format(
      "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\r\n{}\n",
      kToPlainHttpText.size() + 1, kToPlainHttpText);
}

// --- a BIO over a descriptor: like OpenSSL's own, but a peer that has gone raises no signal.

int fd_of(BIO* bio) {
  int fd = -1;
  std::memcpy(&fd, BIO_get_data(bio), sizeof fd);
  return fd;
}

bool is_passing(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR;
}

int read_socket(BIO* bio, char* room, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t count = ::recv(fd_of(bio), room, static_cast<std::size_t>(size), 0);
  if (count < 0 && is_passing(errno)) BIO_set_retry_read(bio);
  return static_cast<int>(count);
}

int write_socket(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t count = ::send(fd_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (count < 0 && is_passing(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(count);
}

long control_socket(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* socket_method() {
  static const OwnedBioMethod method = [] {
    OwnedBioMethod made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "peer"));
    BIO_meth_set_read(made.get(), &read_socket);
    BIO_meth_set_write(made.get(), &write_socket);
    BIO_meth_set_ctrl(made.get(), &control_socket);
    return made;
  }();
  return method.get();
}

// The pieces from `skipped` on, as one row, because each write becomes a record.
std::size_t gather(const Carrier::Pieces& pieces, std::size_t skipped, std::span<char> room) {
  std::size_t size = 0;
  for (std::string_view piece : pieces) {
    const std::size_t before = std::min(skipped, piece.size());
    skipped -= before;
    piece.remove_prefix(before);
    const std::size_t here = std::min(piece.size(), room.size() - size);
    std::copy_n(piece.data(), here, room.data() + size);
    size += here;
  }
  return size;
}

class TlsCarrier final : public Carrier {
 public:
  TlsCarrier(OwnedSsl ssl, int fd) : fd_(fd), ssl_(std::move(ssl)) {}

  bool attach() {
    BIO* const bio = BIO_new(socket_method());
    if (bio == nullptr) return false;
    BIO_set_data(bio, &fd_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
    return true;
  }

  Step open() override {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    return result == 1 ? Step{} : step_after(result);
  }

  Step read(std::span<char> room) override {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), room.data(), room.size(), &bytes);
    return result == 1 ? Step{.bytes = bytes} : step_after(result);
  }

  Step write(const Pieces& pieces) override {
    // The loop is one thread. A record that could not be sent is gathered again, and is the same.
    alignas(64) static thread_local std::array<char, kRecordBytes> record;  // as in peer_stream.cc
    std::size_t done = 0;
    while (done < kTurnBytes) {
      const std::size_t size = gather(pieces, done, record);
      if (size == 0) break;
      ERR_clear_error();
      std::size_t taken = 0;
      const int result = SSL_write_ex(ssl_.get(), record.data(), size, &taken);
      if (result != 1) {
        Step step = step_after(result);
        step.bytes = done;
        return step;
      }
      done += taken;
    }
    return {.bytes = done, .need = Need::kWritable};
  }

  bool holds_bytes() const override { return SSL_pending(ssl_.get()) > 0; }

  void say_goodbye() override {
    if (broken_ || SSL_in_init(ssl_.get()) != 0) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

 private:
  Step step_after(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return {.need = Need::kReadable};
      case SSL_ERROR_WANT_WRITE:
        return {.need = Need::kWritable};
      case SSL_ERROR_SSL:
        break;
      default:
        broken_ = true;
        return {.need = Need::kEnd, .problem = "it closed the connection"};
    }
    broken_ = true;
    const int reason = ERR_GET_REASON(ERR_peek_error());
    if (reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST) answer_plain_http();
    return {.need = Need::kEnd, .problem = "TLS failed: " + take_openssl_problem()};
  }

  void answer_plain_http() {
    // What is left unread would make the kernel throw our answer away.
    char rest[4096];
    for (int i = 0; i < 16 && ::recv(fd_, rest, sizeof rest, MSG_DONTWAIT) > 0; ++i) {
    }
    const std::string reply = plain_http_reply();
    [[maybe_unused]] const auto sent =
        ::send(fd_, reply.data(), reply.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  int fd_;  // the BIO points here
  OwnedSsl ssl_;
  bool broken_ = false;
};

}  // namespace

Result<std::unique_ptr<Carrier>> make_tls_carrier(ssl_ctx_st* context, int fd) {
  OwnedSsl ssl(SSL_new(context));
  if (!ssl) return fail(Code::kOutOfMemory, "TLS: " + take_openssl_problem());
  auto carrier = std::make_unique<TlsCarrier>(std::move(ssl), fd);
  if (!carrier->attach()) return fail(Code::kOutOfMemory, "TLS: " + take_openssl_problem());
  return carrier;
}

}  // namespace hearth::net
