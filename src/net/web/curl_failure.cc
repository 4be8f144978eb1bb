#include "net/web/curl_failure.h"

#include <cstring>

#include <fmt/format.h>

namespace hearth::net {

namespace {

// CURLE_TOO_LARGE, which libcurl 7.88 does not know yet and calls CURLE_OUT_OF_MEMORY.
constexpr int kTooLarge = 100;
constexpr int kProxyWantsPassword = 407;
constexpr int kForbidden = 403;

std::string proxy_hint(const CurlFailure& failure) {
  if (failure.proxy.variable.empty()) return {};
  return fmt::format(
      "; {} names the proxy {}: check that it answers, or except the host by NO_PROXY",
      failure.proxy.variable, failure.proxy.host);
}

std::string in_words(const CurlFailure& failure) {
  return failure.words.empty() ? curl_easy_strerror(failure.code) : failure.words;
}

Error unavailable(std::string message) {
  return make_error(Code::kUnavailable, std::move(message));
}

Error refused_by_proxy(const CurlFailure& failure) {
  const bool for_good =
      failure.connect_status == kProxyWantsPassword || failure.connect_status == kForbidden;
  return make_error(for_good ? Code::kPermissionDenied : Code::kUnavailable,
                    fmt::format("the proxy {} does not let us through to {} (status {}); {}",
                                failure.proxy.host, failure.host, failure.connect_status,
                                failure.connect_status == kProxyWantsPassword
                                    ? "it wants a user and password in " + failure.proxy.variable
                                    : "ask who runs it, or except the host by NO_PROXY"));
}

Error not_connected(const CurlFailure& failure) {
  const std::string hint = proxy_hint(failure);
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return unavailable(
          fmt::format("no address is known for {}: check how it is written, and "
                      "whether this machine is online{}",
                      failure.host, hint));
    case CURLE_COULDNT_RESOLVE_PROXY:
      return unavailable(fmt::format("no address is known for the proxy {} that {} names",
                                     failure.proxy.host, failure.proxy.variable));
    case CURLE_OPERATION_TIMEDOUT:
      return unavailable(fmt::format("{} has not taken a connection within {}{}", failure.host,
                                     seconds_text(failure.connect_timeout), hint));
    default:
      return unavailable(fmt::format("nobody answers at {}: {}{}", failure.host,
                                     failure.os_error != 0 ? std::strerror(failure.os_error)
                                                           : curl_easy_strerror(failure.code),
                                     hint));
  }
}

Error not_trusted(const CurlFailure& failure) {
  return make_error(
      Code::kPermissionDenied,
      fmt::format(
          "the certificate of {} is not trusted ({}); check this machine's clock, and if an "
          "authority of your own signs there, name its PEM file in SSL_CERT_FILE",
          failure.host, in_words(failure)));
}

Error head_too_long(const CurlFailure& failure) {
  return make_error(Code::kUpstream,
                    fmt::format("{} answers with a header that is too long", failure.host));
}

}  // namespace

std::string seconds_text(std::chrono::milliseconds duration) {
  return fmt::format("{:g} s", std::chrono::duration<double>(duration).count());
}

Error error_of(const CurlFailure& failure) {
  const bool in_head = failure.step == ExchangeStep::kHead;
  if (failure.connect_status >= 300) return refused_by_proxy(failure);
  if (static_cast<int>(failure.code) == kTooLarge) return head_too_long(failure);
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PROXY:
      return not_connected(failure);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return not_trusted(failure);
    case CURLE_SSL_CACERT_BADFILE:
      return make_error(Code::kInvalidArgument,
                        "the authorities to trust cannot be read: check the file that "
                        "SSL_CERT_FILE names, or the system's ca-certificates");
    case CURLE_SSL_CONNECT_ERROR:
      return unavailable(
          fmt::format("no secure connection with {}: {}; if nothing but plain HTTP is spoken "
                      "there, its address begins with http://",
                      failure.host, in_words(failure)));
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return make_error(
          Code::kUpstream,
          fmt::format("what answers at {} is no web server, or a broken one", failure.host));
    case CURLE_OUT_OF_MEMORY:
      if (in_head) return head_too_long(failure);
      return make_error(Code::kOutOfMemory,
                        "not enough memory to read the answer of " + failure.host);
    default:
      return unavailable(
          fmt::format("the connection to {} broke before its answer was complete: {}", failure.host,
                      curl_easy_strerror(failure.code)));
  }
}

}  // namespace hearth::net
