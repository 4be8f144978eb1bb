// The web through libcurl: TLS with the system's certificates, HTTP/2, redirects, the proxies
// that the environment names (https_proxy, HTTPS_PROXY, http_proxy in small letters only,
// all_proxy, ALL_PROXY; no_proxy and NO_PROXY except hosts), kept connections.
//
// https, and http exactly where the request's own URL has it or an http one redirects there: who
// may write such a URL is decided by whoever writes the request. A redirect from https to http is
// not followed. No cookies, no .netrc, no file or other scheme, no user or password in a URL.
//
// Redirects are followed here and not by libcurl, one exchange after another (curl_exchange.h), so
// that the rules can be read: `authorization` goes to the URL's own origin until a redirect leads
// away from it, and never again after that; `headers` and `range` go everywhere; the body of an
// answer that only says "elsewhere" goes nowhere.
//
// A cancellation is heard within some 50 ms, whatever the network does (curl_exchange.h says how);
// but not while the sink has the thread.
//
// Threads: thread-safe. Connections are kept for the next fetch of any thread (curl_pool.h). No
//          fetch may be under way when it goes, and nobody may change the environment meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <sys/socket.h>

#include "net/web/web.h"

namespace hearth::net {

struct WebOptions {
  std::string user_agent;  // "hearth/0.1.0"
  std::chrono::milliseconds connect_timeout{15'000};
  // Nothing at all for so long is an answer that has stalled, before its first byte or later. One
  // byte now and then is not, and over HTTP/2 neither is a server's ping.
  std::chrono::milliseconds stall_timeout{30'000};
  std::uint64_t bytes_per_second_max = 0;  // of all fetches together; 0 is no limit
  // A PEM file of authorities to trust beside the system's; empty: none. SSL_CERT_FILE is heard,
  // too, as other programs do: it names a file in place of the system's. Both are read at once;
  // what is wrong with them is the answer to every fetch.
  std::string authorities;
  // Of a whole fetch, redirects included; 0 is no limit. kDeadlineExceeded.
  std::chrono::milliseconds whole_timeout{0};
  // Asked of every address that a connection would go to, after names are resolved and at every
  // redirect; a no is kPermissionDenied. Where it is set no proxy is used, because then only the
  // proxy would be asked about. Thread-safe; empty is yes to all.
  std::function<bool(const sockaddr& address)> may_reach;
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
