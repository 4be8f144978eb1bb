#include "net/web/curl_failure.h"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CurlFailure failure(CURLcode code, ExchangeStep step = ExchangeStep::kConnecting) {
  CurlFailure some;
  some.code = code;
  some.step = step;
  some.words = "words of libcurl";
  some.host = "model.example";
  some.connect_timeout = std::chrono::seconds(15);
  return some;
}

TEST(CurlFailure, TellsCallersWhatTheyCanDo) {
  const struct {
    CURLcode code;
    ExchangeStep step;
    Code expected;
  } cases[] = {
      {CURLE_COULDNT_RESOLVE_HOST, ExchangeStep::kConnecting, Code::kUnavailable},
      {CURLE_COULDNT_CONNECT, ExchangeStep::kConnecting, Code::kUnavailable},
      {CURLE_OPERATION_TIMEDOUT, ExchangeStep::kConnecting, Code::kUnavailable},
      {CURLE_SSL_CONNECT_ERROR, ExchangeStep::kConnecting, Code::kUnavailable},
      {CURLE_PEER_FAILED_VERIFICATION, ExchangeStep::kConnecting, Code::kPermissionDenied},
      {CURLE_GOT_NOTHING, ExchangeStep::kHead, Code::kUnavailable},
      {CURLE_PARTIAL_FILE, ExchangeStep::kBody, Code::kUnavailable},
      {CURLE_RECV_ERROR, ExchangeStep::kBody, Code::kUnavailable},
      {CURLE_HTTP2_STREAM, ExchangeStep::kBody, Code::kUnavailable},
      {CURLE_WEIRD_SERVER_REPLY, ExchangeStep::kHead, Code::kUpstream},
      {CURLE_UNSUPPORTED_PROTOCOL, ExchangeStep::kHead, Code::kUpstream},
      {static_cast<CURLcode>(100), ExchangeStep::kHead, Code::kUpstream},
      {CURLE_OUT_OF_MEMORY, ExchangeStep::kHead, Code::kUpstream},
      {CURLE_OUT_OF_MEMORY, ExchangeStep::kBody, Code::kOutOfMemory},
  };
  for (const auto& c : cases) {
    const Error error = error_of(failure(c.code, c.step));
    EXPECT_EQ(error.code, c.expected) << c.code;
    EXPECT_THAT(error.message, HasSubstr("model.example")) << c.code;
  }
}

TEST(CurlFailure, RepeatsLibcurlOnlyAboutCertificatesAndHandshakes) {
  EXPECT_THAT(error_of(failure(CURLE_PEER_FAILED_VERIFICATION)).message, HasSubstr("words of"));
  EXPECT_THAT(error_of(failure(CURLE_SSL_CONNECT_ERROR)).message, HasSubstr("words of"));
  for (const CURLcode code : {CURLE_WEIRD_SERVER_REPLY, CURLE_RECV_ERROR, CURLE_COULDNT_CONNECT})
    EXPECT_THAT(error_of(failure(code)).message, Not(HasSubstr("words of")));
}

TEST(CurlFailure, OfNoHandshakeSaysHowAServerWithoutOneIsNamed) {
  EXPECT_THAT(error_of(failure(CURLE_SSL_CONNECT_ERROR)).message, HasSubstr("http://"));
}

TEST(CurlFailure, SaysHowConnectingFailed) {
  CurlFailure refused = failure(CURLE_COULDNT_CONNECT);
  refused.os_error = ECONNREFUSED;
  EXPECT_EQ(error_of(refused).message, "nobody answers at model.example: Connection refused");
  EXPECT_EQ(error_of(failure(CURLE_OPERATION_TIMEDOUT)).message,
            "model.example has not taken a connection within 15 s");
}

TEST(CurlFailure, NamesTheProxyThatIsInTheWay) {
  CurlFailure unknown = failure(CURLE_COULDNT_RESOLVE_PROXY);
  unknown.proxy = {"https_proxy", "proxy.example:3128"};
  EXPECT_EQ(error_of(unknown).message,
            "no address is known for the proxy proxy.example:3128 that https_proxy names");
  CurlFailure silent = failure(CURLE_OPERATION_TIMEDOUT);
  silent.proxy = unknown.proxy;
  EXPECT_THAT(error_of(silent).message,
              HasSubstr("https_proxy names the proxy proxy.example:3128"));
}

TEST(CurlFailure, AsksAgainOnlyAProxyThatMayChangeItsMind) {
  for (const auto& [status, expected] :
       {std::pair(403L, Code::kPermissionDenied), std::pair(407L, Code::kPermissionDenied),
        std::pair(502L, Code::kUnavailable), std::pair(503L, Code::kUnavailable)}) {
    CurlFailure refused = failure(CURLE_RECV_ERROR);
    refused.connect_status = status;
    EXPECT_EQ(error_of(refused).code, expected) << status;
  }
}

}  // namespace
}  // namespace hearth::net
