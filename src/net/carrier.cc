#include "net/carrier.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

namespace hearth::net {

namespace {

bool is_passing(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR;
}

class PlainCarrier final : public Carrier {
 public:
  explicit PlainCarrier(int fd) : fd_(fd) {}

  Step open() override { return {}; }

  Step read(std::span<char> room) override {
    const ssize_t count = ::recv(fd_, room.data(), room.size(), 0);
    if (count > 0) return {.bytes = static_cast<std::size_t>(count)};
    if (count < 0 && is_passing(errno)) return {.need = Need::kReadable};
    return {.need = Need::kEnd,
            .problem = count == 0 ? "it closed the connection" : std::strerror(errno)};
  }

  Step write(const Pieces& pieces) override {
    std::array<iovec, std::tuple_size_v<Pieces>> parts{};
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      // The system takes it through a pointer to what could be changed, and changes nothing.
      parts[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t count = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (count >= 0) return {.bytes = static_cast<std::size_t>(count), .need = Need::kWritable};
    if (is_passing(errno)) return {.need = Need::kWritable};
    return {.need = Need::kEnd, .problem = std::strerror(errno)};
  }

  bool holds_bytes() const override { return false; }
  void say_goodbye() override {}  // shutting the socket down says it

 private:
  int fd_;
};

}  // namespace

std::unique_ptr<Carrier> make_plain_carrier(int fd) {
  return std::make_unique<PlainCarrier>(fd);
}

}  // namespace hearth::net
