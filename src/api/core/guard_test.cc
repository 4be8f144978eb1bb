#include "api/core/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::api {
namespace {

using ::testing::HasSubstr;

net::HttpRequest request_with(std::string method, std::string host, std::string origin = {}) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.peer_kind = net::PeerKind::kLoopback;
  request.headers.push_back({"Host", std::move(host)});
  if (!origin.empty()) request.headers.push_back({"Origin", std::move(origin)});
  return request;
}

TEST(Guard, AnswersToTheNamesOfThisMachineWithAnyPort) {
  const Guard guard({"hearth.lan"});
  for (const char* host : {"localhost", "LocalHost:4327", "127.0.0.1:1", "[::1]", "[::1]:4327",
                           "hearth.lan:4327", "127.0.0.2:9"}) {
    EXPECT_TRUE(guard.check(request_with("POST", host))) << host;
  }
}

TEST(Guard, RefusesANameThatAnAttackerPointedAtUs) {
  const Guard guard({});
  for (const char* host :
       {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::1",
        "localhost@evil.example", "10.0.0.1", "localhost:80@evil.example", "localhost:evil.example",
        "[::1]evil.example", "[localhost", "localhost:80:80"}) {
    const auto checked = guard.check(request_with("GET", host));
    ASSERT_FALSE(checked) << host;
    EXPECT_EQ(checked.error().code, Code::kPermissionDenied);
    EXPECT_THAT(checked.error().message, HasSubstr("use localhost"));
  }
}

TEST(Guard, ThePeerOfAUnixSocketMayCallUsWhatItLikes) {
  net::HttpRequest request = request_with("POST", "anything");
  request.peer_kind = net::PeerKind::kUnixSocket;
  EXPECT_TRUE(Guard({}).check(request));
}

TEST(Guard, OtherMachinesMayCallUsByANumberAndPagesOfThatNumberAreOurs) {
  const Guard guard({});
  const auto check = [&](std::string host, std::string origin = {}) {
    net::HttpRequest request = request_with("POST", std::move(host), std::move(origin));
    request.peer_kind = net::PeerKind::kNetwork;
    return guard.check(request).has_value();
  };
  EXPECT_TRUE(check("10.0.0.1:4327"));
  EXPECT_TRUE(check("[fe80::1]:4327"));
  EXPECT_FALSE(check("evil.example"));
  EXPECT_FALSE(check("10.0.0.1.evil.example"));
  EXPECT_TRUE(check("10.0.0.1:4327", "http://10.0.0.1:4327"));
  EXPECT_FALSE(check("10.0.0.1:4327", "http://6.6.6.6"));
  EXPECT_FALSE(check("10.0.0.1:4327", "http://10.0.0.1:80"));
  EXPECT_FALSE(check("evil.example", "http://evil.example"));
}

TEST(Guard, PagesOfOtherOriginsMayChangeNothing) {
  const Guard guard({"hearth.lan"});
  EXPECT_TRUE(guard.check(request_with("POST", "localhost", "http://localhost:3000")));
  EXPECT_TRUE(guard.check(request_with("POST", "localhost", "https://hearth.lan")));
  EXPECT_TRUE(guard.check(request_with("GET", "localhost", "https://evil.example")));
  for (const char* origin : {"https://evil.example", "null", "http://localhost.evil.example:80"}) {
    EXPECT_FALSE(guard.check(request_with("POST", "localhost", origin))) << origin;
    EXPECT_FALSE(guard.check(request_with("DELETE", "localhost", origin))) << origin;
  }
}

}  // namespace
}  // namespace hearth::api
