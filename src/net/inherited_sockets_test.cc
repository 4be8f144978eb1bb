#include "net/inherited_sockets.h"

#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/testing/temporary_folder.h"

namespace hearth::net {
namespace {

using base::testing::TemporaryFolder;
using ::testing::HasSubstr;

enum class Listens { kYes, kNo };

Fd tcp_socket(in_addr_t address, Listens listens) {
  Fd fd(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(address);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&place), sizeof place), 0);
  if (listens == Listens::kYes) {
    EXPECT_EQ(::listen(fd.get(), 4), 0);
  }
  return fd;
}

Fd unix_socket(const std::string& path, mode_t mode) {
  Fd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  std::memcpy(place.sun_path, path.c_str(), path.size() + 1);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&place), sizeof place), 0);
  EXPECT_EQ(::chmod(path.c_str(), mode), 0);
  EXPECT_EQ(::listen(fd.get(), 4), 0);
  return fd;
}

std::string problem_of(const Result<void>& result) {
  return result ? "none" : result.error().message;
}

TEST(Listener, AdoptsWhatListensAlready) {
  const auto listener = Listener::adopt(tcp_socket(INADDR_LOOPBACK, Listens::kYes), "web");
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_GT(listener->port(), 0);
  EXPECT_EQ(listener->address(), "127.0.0.1:" + std::to_string(listener->port()));
  EXPECT_EQ(listener->name(), "web");
  EXPECT_TRUE(::fcntl(listener->fd(), F_GETFD) & FD_CLOEXEC);
  EXPECT_TRUE(::fcntl(listener->fd(), F_GETFL) & O_NONBLOCK);
  EXPECT_EQ(problem_of(listener->check_private()), "none");
}

TEST(Listener, LeavesTheFileOfAnAdoptedSocketToWhoMadeIt) {
  const TemporaryFolder folder;
  const std::string path = folder.file("h.sock");
  {
    const auto listener = Listener::adopt(unix_socket(path, 0600), "control");
    ASSERT_TRUE(listener);
    EXPECT_TRUE(listener->is_unix());
    EXPECT_EQ(listener->address(), path);
    EXPECT_EQ(problem_of(listener->check_private()), "none");
  }
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(Listener, AdoptsNothingThatCannotBeListenedOn) {
  const TemporaryFolder folder;
  const auto problem = [](Fd fd) {
    const auto listener = Listener::adopt(std::move(fd), "odd");
    return listener ? std::string("adopted") : listener.error().message;
  };
  EXPECT_THAT(problem(tcp_socket(INADDR_LOOPBACK, Listens::kNo)), HasSubstr("(\"odd\")"));
  EXPECT_THAT(problem(Fd(::socket(AF_INET, SOCK_DGRAM, 0))), HasSubstr("no listening stream"));
  EXPECT_THAT(problem(Fd(::open("/dev/null", O_RDONLY))), HasSubstr("no listening stream"));
}

TEST(Listener, KnowsWhetherOthersCouldComeIn) {
  const TemporaryFolder folder;
  const auto everywhere = Listener::adopt(tcp_socket(INADDR_ANY, Listens::kYes), "wide");
  EXPECT_TRUE(everywhere->is_open_to_network());
  const auto here = Listener::adopt(tcp_socket(INADDR_LOOPBACK, Listens::kYes), "here");
  EXPECT_FALSE(here->is_open_to_network());
  const auto open = Listener::adopt(unix_socket(folder.file("open"), 0666), "open");
  EXPECT_THAT(problem_of(open->check_private()), HasSubstr("SocketMode=0600"));
  const auto group = Listener::adopt(unix_socket(folder.file("group"), 0660), "group");
  EXPECT_EQ(problem_of(group->check_private()), "none") << "whoever set a group meant it";
  EXPECT_FALSE(group->is_open_to_network());
}

TEST(InheritedSockets, AreNoneWhereNoneAreForUs) {
  const std::string us = std::to_string(::getpid());
  for (const SocketTerms& terms :
       {SocketTerms{}, SocketTerms{us, "", ""}, SocketTerms{"", "1", ""},
        SocketTerms{std::to_string(::getppid()), "1", "web"}, SocketTerms{us, "0", ""}}) {
    const auto taken = take_inherited_sockets(terms);
    ASSERT_TRUE(taken) << taken.error().message;
    EXPECT_TRUE(taken->empty());
  }
}

TEST(InheritedSockets, RefuseACountThatCannotBe) {
  for (const char* odd : {"many", "-1", "65", "99999999999"}) {
    const auto taken = take_inherited_sockets({std::to_string(::getpid()), odd, ""});
    ASSERT_FALSE(taken) << odd;
    EXPECT_THAT(taken.error().message, HasSubstr("LISTEN_FDS"));
  }
}

}  // namespace
}  // namespace hearth::net
