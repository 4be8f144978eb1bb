// Whom it trusts, and which way it goes: TLS and proxies.
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "net/testing/scripted_peer.h"
#include "net/testing/tls_identity.h"
#include "net/testing/web_trip.h"
#include "net/web/curl_web.h"

namespace hearth::net {
namespace {

using base::testing::TemporaryFolder;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace testing;

std::string secure(const ScriptedPeer& peer, const std::string& path = "/") {
  return "https://" + peer.host() + path;
}

ScriptedPeer::Script greeting() {
  return ScriptedPeer::answering([](const std::string&) { return answer("200 OK", "hello"); });
}

class CurlWebTlsTest : public CurlWebTest {
 protected:
  TemporaryFolder folder;
  TlsIdentity identity{"127.0.0.1"};
  std::string authority = folder.write("authority.pem", identity.pem());
};

TEST_F(CurlWebTlsTest, RefusesWhomNobodyVouchesFor) {
  ScriptedPeer peer(greeting(), identity.streams());
  const Error error = error_of(secure(peer));
  EXPECT_EQ(error.code, Code::kPermissionDenied);
  EXPECT_THAT(error.message, HasSubstr("the certificate of " + peer.host() + " is not trusted"));
  EXPECT_THAT(error.message, HasSubstr("SSL_CERT_FILE"));
}

TEST_F(CurlWebTlsTest, TrustsTheAuthoritiesItIsGiven) {
  ScriptedPeer peer(greeting(), identity.streams());
  WebOptions trusting = options();
  trusting.authorities = authority;
  use(trusting);
  const auto fetched = fetch(secure(peer));
  ASSERT_TRUE(fetched) << fetched.error().to_string();
  EXPECT_EQ(sink.body, "hello");
  ASSERT_TRUE(fetch(secure(peer)));
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(CurlWebTlsTest, TrustsTheSystemsAuthoritiesBesideThem) {
  const TlsIdentity other("127.0.0.1");
  ScriptedPeer peer(greeting(), identity.streams());
  ScriptedPeer other_peer(greeting(), other.streams());
  environment.set("SSL_CERT_FILE", authority);
  use(options());
  EXPECT_TRUE(fetch(secure(peer)));
  EXPECT_EQ(error_of(secure(other_peer)).code, Code::kPermissionDenied);
  WebOptions trusting = options();
  trusting.authorities = folder.write("other.pem", other.pem());
  use(trusting);
  EXPECT_TRUE(fetch(secure(peer)));
  EXPECT_TRUE(fetch(secure(other_peer)));
}

TEST_F(CurlWebTlsTest, RefusesACertificateOfSomebodyElse) {
  const TlsIdentity elsewhere("127.0.0.2");
  ScriptedPeer peer(greeting(), elsewhere.streams());
  WebOptions trusting = options();
  trusting.authorities = folder.write("elsewhere.pem", elsewhere.pem());
  use(trusting);
  EXPECT_EQ(error_of(secure(peer)).code, Code::kPermissionDenied);
}

TEST_F(CurlWebTlsTest, SaysWhichAuthoritiesCannotBeRead) {
  WebOptions missing = options();
  missing.authorities = folder.file("missing.pem");
  use(missing);
  EXPECT_EQ(error_of("https://127.0.0.1:1/").code, Code::kNotFound);
  WebOptions strange = options();
  strange.authorities = folder.write("strange.pem", "no certificate");
  use(strange);
  EXPECT_EQ(error_of("https://127.0.0.1:1/").code, Code::kInvalidArgument);
  environment.set("SSL_CERT_FILE", folder.file("missing.pem"));
  use(options());
  ScriptedPeer peer(greeting(), identity.streams());
  const Error error = error_of(secure(peer));
  EXPECT_EQ(error.code, Code::kInvalidArgument);
  EXPECT_THAT(error.message, HasSubstr("SSL_CERT_FILE"));
}

TEST_F(CurlWebTlsTest, DoesNotFollowFromHttpsToHttp) {
  ScriptedPeer plain(greeting());
  ScriptedPeer peer(ScriptedPeer::answering([&plain](const std::string&) {
                      return redirect_to(plain.url("/?key=secret"));
                    }),
                    identity.streams());
  WebOptions trusting = options();
  trusting.authorities = authority;
  use(trusting);
  const Error error = error_of(secure(peer));
  EXPECT_EQ(error.code, Code::kPermissionDenied);
  EXPECT_EQ(error.message, peer.host() + " redirects from https to http, to " + plain.host() +
                               "; that is not followed");
  EXPECT_EQ(plain.connections(), 0);
}

TEST_F(CurlWebTlsTest, FollowsFromHttpToHttpsWithoutTheKey) {
  std::atomic<bool> has_key{false};
  ScriptedPeer peer(ScriptedPeer::answering([&has_key](const std::string& head) {
                      has_key = head.find("secret") != std::string::npos;
                      return answer("200 OK", "hello");
                    }),
                    identity.streams());
  ScriptedPeer plain(
      ScriptedPeer::answering([&peer](const std::string&) { return redirect_to(secure(peer)); }));
  WebOptions trusting = options();
  trusting.authorities = authority;
  use(trusting);
  WebRequest request = get(plain.url());
  request.authorization = "Bearer secret";
  ASSERT_TRUE(fetch(request));
  EXPECT_EQ(sink.body, "hello");
  EXPECT_FALSE(has_key);
}

TEST_F(CurlWebTlsTest, TellsASecureConnectionThatCannotBe) {
  ScriptedPeer plain([](PeerConnection& connection) {
    connection.send(answer("400 Bad Request"));
    connection.wait_until_gone();
  });
  const Error error = error_of(secure(plain));
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("no secure connection with " + plain.host()));
}

TEST_F(CurlWebTest, AsksTheProxyThatTheEnvironmentNames) {
  std::string asked;
  ScriptedPeer proxy(ScriptedPeer::answering([&asked](const std::string& head) {
    asked = head;
    return answer("200 OK", "by proxy");
  }));
  environment.set("http_proxy", "http://user:word@" + proxy.host());
  ASSERT_TRUE(fetch("http://model.example/a?b"));
  EXPECT_EQ(sink.body, "by proxy");
  EXPECT_EQ(sink.head.url, "http://model.example/a?b");
  EXPECT_TRUE(asked.starts_with("GET http://model.example/a?b HTTP/1.1\r\n")) << asked;
  EXPECT_THAT(asked, HasSubstr("Proxy-Authorization: Basic"));
}

TEST_F(CurlWebTest, GoesDirectlyWhereTheProxyIsNotForTheHost) {
  ScriptedPeer proxy(greeting());
  ScriptedPeer peer(greeting());
  environment.set("http_proxy", "http://" + proxy.host());
  environment.set("no_proxy", "elsewhere.example,127.0.0.1");
  ASSERT_TRUE(fetch(peer.url()));
  EXPECT_EQ(peer.connections(), 1);
  EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(CurlWebTlsTest, TunnelsThroughAProxyAndTellsItNothing) {
  std::string told;
  std::string asked;
  ScriptedPeer proxy([&](PeerConnection& connection) {
    told = connection.read_head();
    connection.send("HTTP/1.1 200 Go ahead\r\nX-Proxy: 1\r\n\r\n");
    const auto stream = identity.streams()(connection.fd());
    ASSERT_TRUE(stream);
    PeerConnection tunnel(connection.fd(), *stream);
    asked = tunnel.read_head();
    tunnel.send(answer("200 OK", "through"));
  });
  environment.set("https_proxy", "http://" + proxy.host());
  WebOptions trusting = options();
  trusting.authorities = authority;
  use(trusting);
  WebRequest request = get("https://127.0.0.1:1/a");
  request.headers = {{"X-Mine", "1"}};
  request.authorization = "Bearer secret";
  const auto fetched = fetch(request);
  ASSERT_TRUE(fetched) << fetched.error().to_string();
  EXPECT_EQ(sink.body, "through");
  EXPECT_EQ(find_header(sink.head.headers, "X-Proxy"), nullptr);
  EXPECT_TRUE(told.starts_with("CONNECT 127.0.0.1:1 HTTP/1.1\r\n")) << told;
  EXPECT_THAT(told, Not(HasSubstr("secret")));
  EXPECT_THAT(told, Not(HasSubstr("X-Mine")));
  EXPECT_TRUE(has_line(asked, "Authorization: Bearer secret"));
}

TEST_F(CurlWebTest, NamesAProxyThatDoesNotAnswerButNotItsPassword) {
  std::string host;
  {
    const ScriptedPeer gone(greeting());
    host = gone.host();
  }
  environment.set("all_proxy", "http://user:word@" + host);
  const Error error = error_of("http://model.example/");
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("model.example"));
  EXPECT_THAT(error.message, HasSubstr("all_proxy names the proxy " + host));
  EXPECT_THAT(error.message, HasSubstr("NO_PROXY"));
  EXPECT_THAT(error.message, Not(HasSubstr("word")));
}

TEST_F(CurlWebTest, SaysWhatAProxyWants) {
  ScriptedPeer proxy(ScriptedPeer::answering(
      [](const std::string&) { return answer("407 Proxy Authentication Required"); }));
  environment.set("HTTPS_PROXY", "http://" + proxy.host());
  const Error error = error_of("https://model.example/");
  EXPECT_EQ(error.code, Code::kPermissionDenied);
  EXPECT_EQ(error.message, "the proxy " + proxy.host() +
                               " does not let us through to model.example (status 407); it wants "
                               "a user and password in HTTPS_PROXY");
}

}  // namespace
}  // namespace hearth::net
