#include "process/service_manager.h"

#include <cstddef>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/testing/temporary_folder.h"

namespace hearth::process {
namespace {

using base::testing::TemporaryFolder;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

// The end of a service manager: a datagram socket at a path, or with an abstract name.
Fd listen_at(std::string name) {
  Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name[0] == '@') name[0] = '\0';
  std::memcpy(address.sun_path, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  return fd;
}

std::string heard(const Fd& fd) {
  char text[256];
  const ssize_t size = ::recv(fd.get(), text, sizeof text, MSG_DONTWAIT);
  return size < 0 ? "nothing" : std::string(text, static_cast<std::size_t>(size));
}

TEST(ServiceManager, TellsASocketWithAPathAndOneWithAnAbstractName) {
  const TemporaryFolder folder;
  const std::string abstract = "@hearth-test-" + std::to_string(::getpid());
  for (const std::string& name : {folder.file("notify"), abstract}) {
    const Fd end = listen_at(name);
    const auto manager = ServiceManager::create({.notify_socket = name});
    ASSERT_TRUE(manager) << manager.error().message;
    EXPECT_TRUE(manager->tell("READY=1\nSTATUS=at work"));
    EXPECT_EQ(heard(end), "READY=1\nSTATUS=at work");
    EXPECT_EQ(heard(end), "nothing");
  }
}

TEST(ServiceManager, NobodyIsToldWhereNobodyAsked) {
  const auto manager = ServiceManager::create({.watchdog_us = "1000"});
  ASSERT_TRUE(manager);
  EXPECT_TRUE(manager->tell("READY=1"));
  EXPECT_FALSE(manager->watch_interval()) << "who is told nothing cannot watch";
}

TEST(ServiceManager, SaysThatNobodyListens) {
  const TemporaryFolder folder;
  const auto manager = ServiceManager::create({.notify_socket = folder.file("gone")});
  ASSERT_TRUE(manager);
  const auto told = manager->tell("READY=1");
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, Code::kNotFound);
}

TEST(ServiceManager, IsFedTwiceInTheTimeThatItGives) {
  const auto interval = [](const std::string& us, const std::string& pid) {
    const auto manager = ServiceManager::create({"@hearth-nobody", us, pid});
    return manager ? manager->watch_interval() : std::nullopt;
  };
  EXPECT_EQ(interval("3000000", ""), milliseconds(1500));
  EXPECT_EQ(interval("3000000", std::to_string(::getpid())), milliseconds(1500));
  EXPECT_FALSE(interval("3000000", std::to_string(::getppid()))) << "it watches another process";
  EXPECT_FALSE(interval("", ""));
}

TEST(ServiceManager, RefusesTermsThatNoServiceManagerSays) {
  const auto message = [](const ServiceTerms& terms) {
    const auto manager = ServiceManager::create(terms);
    return manager ? std::string("taken") : manager.error().message;
  };
  EXPECT_THAT(message({.notify_socket = "relative"}), HasSubstr("NOTIFY_SOCKET is \"relative\""));
  EXPECT_THAT(message({.notify_socket = "@"}), HasSubstr("NOTIFY_SOCKET"));
  EXPECT_THAT(message({.notify_socket = "vsock:2:1234"}), HasSubstr("NOTIFY_SOCKET"));
  EXPECT_THAT(message({.notify_socket = "/" + std::string(200, 'x')}), HasSubstr("NOTIFY_SOCKET"));
  for (const char* odd : {"0", "-5", "1s", "99999999999999999999", "9000000000000000000"}) {
    EXPECT_THAT(message({"@hearth-nobody", odd, ""}), HasSubstr("WATCHDOG_USEC")) << odd;
  }
}

}  // namespace
}  // namespace hearth::process
