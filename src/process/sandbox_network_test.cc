// Escapes through sockets.

#include <cstring>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "process/testing/attempt.h"

namespace hearth::process {
namespace {

using testing::errno_of;
using testing::expect_refused;
using testing::expect_works;
using testing::inside;

using Network = SandboxPolicy::Network;

// A bound socket of this test process, which attempts try to reach.
struct Target {
  Target(int family, int type, const sockaddr* address, socklen_t size)
      : socket(::socket(family, type | SOCK_CLOEXEC, 0)) {
    EXPECT_EQ(::bind(socket.get(), address, size), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(::listen(socket.get(), 16), 0);
    }
    length = sizeof address_;
    EXPECT_EQ(::getsockname(socket.get(), generic(), &length), 0);
  }
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address_); }

  Fd socket;
  sockaddr_storage address_{};
  socklen_t length = 0;
};

Target loopback(int type) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return {AF_INET, type, reinterpret_cast<sockaddr*>(&address), sizeof address};
}

Target unix_socket(int type, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  return {AF_UNIX, type, reinterpret_cast<sockaddr*>(&address), size};
}

int connect_to(Target& target, int type) {
  const int fd = ::socket(target.generic()->sa_family, type | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  return errno_of(::connect(fd, target.generic(), target.length));
}

class SandboxNetwork : public testing::SandboxTest {};
HEARTH_BOTH_PROFILES(SandboxNetwork);

TEST_P(SandboxNetwork, TcpAndUdpAreRefused) {
  Target tcp = loopback(SOCK_STREAM);
  Target udp = loopback(SOCK_DGRAM);
  expect_refused(policy_, "connect by TCP", [&] { return connect_to(tcp, SOCK_STREAM); });
  expect_refused(policy_, "connect by UDP", [&] { return connect_to(udp, SOCK_DGRAM); });
}

TEST_P(SandboxNetwork, UnixSocketsOfOthersAreRefused) {
  Target path = unix_socket(SOCK_STREAM, root_ + "/write/socket");
  Target abstract =
      unix_socket(SOCK_STREAM, std::string(1, '\0') + "hearth-test-" + std::to_string(::getpid()));
  for (const Network network : {Network::kNone, Network::kAllowed}) {
    policy_.network = network;
    expect_refused(policy_, "connect by path", [&] { return connect_to(path, SOCK_STREAM); });
    expect_refused(policy_, "connect by abstract name",
                   [&] { return connect_to(abstract, SOCK_STREAM); });
  }
}

TEST_P(SandboxNetwork, ASocketMadeBeforeCannotBeConnectedOrBoundInside) {
  Target tcp = loopback(SOCK_STREAM);
  const Fd before(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto bind_anywhere = [&] {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    return errno_of(::bind(before.get(), reinterpret_cast<sockaddr*>(&any), sizeof any));
  };
  EXPECT_TRUE(testing::is_refusal(inside(policy_, bind_anywhere)));
  const auto connect_it = [&] {
    return errno_of(::connect(before.get(), tcp.generic(), tcp.length));
  };
  EXPECT_TRUE(testing::is_refusal(inside(policy_, connect_it)));
  EXPECT_EQ(testing::outside(connect_it), testing::kWorks);
}

TEST_P(SandboxNetwork, NobodyIsAcceptedInside) {
  Target tcp = loopback(SOCK_STREAM);
  const Fd first(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Fd second(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  for (const Fd* caller : {&first, &second}) {
    ASSERT_EQ(::connect(caller->get(), tcp.generic(), tcp.length), 0);
  }
  expect_refused(policy_, "accept who is waiting",
                 [&] { return errno_of(::accept(tcp.socket.get(), nullptr, nullptr)); });
}

TEST_P(SandboxNetwork, DatagramPairsThatCouldBeReaddressedAreRefused) {
  int ends[2];
  expect_refused(policy_, "make a datagram pair",
                 [&] { return errno_of(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends)); });
  expect_refused(policy_, "make a raw pair, which is the same",
                 [&] { return errno_of(::socketpair(AF_UNIX, SOCK_RAW, 0, ends)); });
}

TEST_P(SandboxNetwork, ASocketThatIsConnectedKeepsWorking) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const Fd ours(ends[0]);
  const Fd theirs(ends[1]);
  expect_works(policy_, "send and sendmsg", [&] {
    char text[] = "hello";
    iovec part = {text, 5};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (::send(theirs.get(), text, 5, MSG_NOSIGNAL) != 5) return errno;
    return ::sendmsg(theirs.get(), &message, MSG_NOSIGNAL) == 5 ? 0 : errno;
  });
  char received[16] = {};
  EXPECT_EQ(::recv(ours.get(), received, 10, MSG_WAITALL), 10);
  EXPECT_STREQ(received, "hellohello");
}

TEST_P(SandboxNetwork, WhereItIsAllowedTcpAndUdpWorkAndRawSocketsDoNot) {
  policy_.network = Network::kAllowed;
  Target tcp = loopback(SOCK_STREAM);
  Target udp = loopback(SOCK_DGRAM);
  expect_works(policy_, "connect by TCP", [&] { return connect_to(tcp, SOCK_STREAM); });
  expect_works(policy_, "connect by UDP", [&] { return connect_to(udp, SOCK_DGRAM); });
  const auto raw = [] { return errno_of(::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); };
  EXPECT_TRUE(testing::is_refusal(inside(policy_, raw)));
}

}  // namespace
}  // namespace hearth::process
