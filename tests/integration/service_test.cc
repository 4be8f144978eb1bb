// The real daemon as a service: the sockets that it is given, and what it tells.
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "net/testing/raw_client.h"
#include "service_process.h"

namespace hearth::testing {
namespace {

using net::testing::RawClient;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kPatience = std::chrono::seconds(30);

int status_over(RawClient& client) {
  client.request("GET", "/health/live");
  return client.read_reply().status;
}

TEST(Service, TellsWhenItIsReadyAndWhenItStops) {
  ServiceProcess service;
  service.start();
  EXPECT_EQ(service.news().next(),
            "READY=1\nSTATUS=at work on http://127.0.0.1:" + std::to_string(service.port()));
  RawClient client(service.port());
  EXPECT_EQ(status_over(client), 200);
  ASSERT_TRUE(service.process().signal(SIGTERM));
  EXPECT_THAT(service.news().next(), StartsWith("STOPPING=1\n"));
  const auto ended = service.process().wait(kPatience);
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->is_success()) << ended->to_string();
}

TEST(Service, AnswersWhoConnectedBeforeItWasStarted) {
  ServiceProcess service;
  RawClient early(service.port());
  early.request("GET", "/health/live");
  service.start();
  EXPECT_EQ(early.read_reply().status, 200) << service.log();
}

TEST(Service, ServesTheSocketOfItsHomeWhereItWasGivenOne) {
  ServiceProcess service;
  ASSERT_EQ(::mkdir((service.home() + "/run").c_str(), 0700), 0);
  const Fd control(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, service.socket_path().c_str());
  ASSERT_EQ(::bind(control.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::chmod(service.socket_path().c_str(), 0600), 0);
  ASSERT_EQ(::listen(control.get(), 16), 0);
  service.start_and_wait({}, {control.get()});
  RawClient local(service.socket_path());
  EXPECT_EQ(status_over(local), 200);
  EXPECT_THAT(service.log(), HasSubstr("name=\"control\""));
  ASSERT_TRUE(service.process().signal(SIGTERM));
  ASSERT_TRUE(service.process().wait(kPatience));
  EXPECT_TRUE(std::filesystem::exists(service.socket_path())) << "it belongs to who made it";
}

TEST(Service, RefusesASocketThatOtherMachinesReach) {
  ServiceProcess service(INADDR_ANY);
  service.start();
  const auto ended = service.process().wait(kPatience);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 1);
  EXPECT_THAT(service.log(), HasSubstr("\"web"));
  EXPECT_THAT(service.log(), HasSubstr("which other machines may reach"));
}

TEST(Service, FeedsTheWatchdogAsLongAsItsLoopRuns) {
  ServiceProcess service;
  service.start_and_wait({"WATCHDOG_USEC=300000"});
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(service.news().next(), "WATCHDOG=1");
  RawClient client(service.port());
  EXPECT_EQ(status_over(client), 200);
  EXPECT_EQ(service.news().next(), "WATCHDOG=1");
}

}  // namespace
}  // namespace hearth::testing
