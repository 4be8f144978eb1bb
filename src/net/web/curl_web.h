// The web through libcurl: TLS with the system's certificates, HTTP/2, redirects, the proxies
// that the environment names (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY), kept connections.
//
// Only https, and http where `plain_http` says so or the request's own URL has it; a redirect
// from https to http is not followed. No cookies, no .netrc, no file or other scheme.
//
// Threads: thread-safe. Connections are kept for the next fetch of any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "net/web/web.h"

namespace hearth::net {

struct WebOptions {
  std::string user_agent;  // "hearth/0.1.0"
  std::chrono::milliseconds connect_timeout{15'000};
  // Nothing at all for so long is an answer that has stalled, before its first byte or later.
  std::chrono::milliseconds stall_timeout{30'000};
  std::uint64_t bytes_per_second_max = 0;  // of all fetches together; 0 is no limit
  // A PEM file of authorities to trust beside the system's; empty: none. SSL_CERT_FILE is heard,
  // too, as other programs do.
  std::string authorities;
};

class CurlWeb : public Web {
 public:
  explicit CurlWeb(WebOptions options);
  ~CurlWeb() override;
  CurlWeb(const CurlWeb&) = delete;
  CurlWeb& operator=(const CurlWeb&) = delete;

  Result<void> fetch(const WebRequest& request, WebSink& sink,
                     const base::CancelToken& cancel) override;

 private:
  class Insides;
  std::unique_ptr<Insides> insides_;
};

}  // namespace hearth::net
