// Pictures from real servers on this machine, with the check of addresses put in.
#include "net/web/picture.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "net/testing/scripted_peer.h"
#include "net/testing/web_trip.h"
#include "net/web/public_address.h"

namespace hearth::net {
namespace {

using namespace testing;
using ::testing::HasSubstr;

const std::string kPng = "Content-Type: image/png\r\n";

std::uint16_t port_of(const sockaddr& address) {
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

ScriptedPeer::Script picture() {
  return ScriptedPeer::answering(
      [](const std::string&) { return answer("200 OK", "bytes", kPng); });
}

class PictureTest : public CurlWebTest {
 protected:
  PictureTest() {
    reach([](const sockaddr&) { return true; });
  }
  void reach(std::function<bool(const sockaddr&)> may_reach,
             std::chrono::milliseconds whole = kPictureTime) {
    WebOptions some = picture_web("hearth/test");
    some.may_reach = std::move(may_reach);
    some.whole_timeout = whole;
    use(some);
  }
  Result<Picture> picture_at(const std::string& url) {
    return fetch_picture(*web, url, cancel.token());
  }
  Error error_at(const std::string& url) {
    const auto fetched = picture_at(url);
    EXPECT_FALSE(fetched);
    return fetched ? Error{} : fetched.error();
  }
  static std::string at(const ScriptedPeer& peer, const std::string& path = "/") {
    return "http://" + peer.host() + path;
  }
};

TEST_F(PictureTest, IsWhatTheServerSaysItIs) {
  ScriptedPeer peer(ScriptedPeer::answering([](const std::string& head) {
    const bool tells =
        head.find("Authorization") != std::string::npos || head.find("Cookie") != std::string::npos;
    return answer(tells ? "400 Bad" : "200 OK", "bytes", "Content-Type: Image/PNG ; charset=x\r\n");
  }));
  const auto fetched = picture_at(at(peer, "/a.png?x=1"));
  ASSERT_TRUE(fetched) << fetched.error().to_string();
  EXPECT_EQ(fetched->type, "image/png");
  EXPECT_EQ(fetched->bytes, "bytes");
}

TEST_F(PictureTest, WithTheCheckAsItIsThisMachineIsNotReached) {
  ScriptedPeer peer(picture());
  reach(&is_reachable_by_all);
  const std::string port = peer.host().substr(peer.host().rfind(':'));
  for (const char* host : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0.0.0.0",
                           "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]"}) {
    const Error error = error_at("http://" + std::string(host) + port + "/");
    EXPECT_EQ(error.code, Code::kPermissionDenied) << host << ": " << error.message;
    EXPECT_THAT(error.message, HasSubstr("not fetched from")) << host;
  }
  EXPECT_EQ(peer.connections(), 0);
}

TEST_F(PictureTest, EveryRedirectIsLookedAtAnew) {
  ScriptedPeer inside(picture());
  ScriptedPeer outside(ScriptedPeer::answering(
      [&inside](const std::string&) { return redirect_to("http://" + inside.host() + "/"); }));
  const std::string all = outside.host();
  const auto allowed = static_cast<std::uint16_t>(std::stoi(all.substr(all.rfind(':') + 1)));
  reach([allowed](const sockaddr& address) { return port_of(address) == allowed; });
  EXPECT_EQ(error_at(at(outside)).code, Code::kPermissionDenied);
  EXPECT_EQ(outside.connections(), 1);
  EXPECT_EQ(inside.connections(), 0);
  reach([](const sockaddr&) { return true; });
  EXPECT_TRUE(picture_at(at(outside))) << "the redirect is not what it failed for";
}

TEST_F(PictureTest, NoProxyIsAskedInItsPlace) {
  ScriptedPeer proxy(picture());
  ScriptedPeer peer(picture());
  for (const char* variable : {"http_proxy", "all_proxy", "https_proxy"})
    environment.set(variable, "http://" + proxy.host());
  EXPECT_TRUE(picture_at(at(peer)));
  EXPECT_EQ(proxy.connections(), 0);
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(PictureTest, WhatIsNoPictureIsRefused) {
  const auto answers = [&](const std::string& status, const std::string& headers) {
    ScriptedPeer peer(
        ScriptedPeer::answering([&](const std::string&) { return answer(status, "x", headers); }));
    return error_at(at(peer));
  };
  EXPECT_EQ(answers("200 OK", "Content-Type: text/html\r\n").code, Code::kInvalidArgument);
  EXPECT_EQ(answers("200 OK", "Content-Type: image/p\"g\r\n").code, Code::kInvalidArgument);
  EXPECT_EQ(answers("200 OK", kPng + "Content-Encoding: gzip\r\n").code, Code::kInvalidArgument);
  EXPECT_EQ(answers("200 OK", "").code, Code::kInvalidArgument);
  EXPECT_THAT(answers("404 Not Found", kPng).message, HasSubstr("answers 404"));
  EXPECT_EQ(error_at("file:///etc/passwd").code, Code::kInvalidArgument);
  EXPECT_EQ(error_at("http://user:secret@127.0.0.1/").code, Code::kInvalidArgument);
}

TEST_F(PictureTest, OneThatIsTooLargeIsBrokenOff) {
  ScriptedPeer peer([](PeerConnection& connection) {
    connection.read_head();
    connection.send("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n");
    const std::string piece(1 << 20, 'x');
    while (connection.send(piece)) {
    }
  });
  const Error error = error_at(at(peer));
  EXPECT_EQ(error.code, Code::kResourceExhausted);
  EXPECT_THAT(error.message, HasSubstr("10 MiB"));
}

TEST_F(PictureTest, OneThatNeverEndsIsBrokenOff) {
  ScriptedPeer peer([](PeerConnection& connection) {
    connection.read_head();
    connection.send("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n");
    connection.trickle(std::string(100'000, 'x'), 10);
  });
  reach([](const sockaddr&) { return true; }, std::chrono::milliseconds(300));
  EXPECT_EQ(error_at(at(peer)).code, Code::kDeadlineExceeded);
}

}  // namespace
}  // namespace hearth::net
