// What an exchange that failed in libcurl is called here: a code that callers act on, and a
// sentence for people that names the host and what to do next. No header, path, query or key is
// in it; of libcurl's own words only those about certificates and handshakes are handed on.
//
// Threads: pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <curl/curl.h>

#include "base/error.h"
#include "net/web/proxy.h"

namespace hearth::net {

enum class ExchangeStep : std::uint8_t { kConnecting, kHead, kBody };

struct CurlFailure {
  CURLcode code = CURLE_OK;
  ExchangeStep step = ExchangeStep::kConnecting;
  std::string words;        // libcurl's own; may be empty
  int os_error = 0;         // of connecting
  long connect_status = 0;  // what a proxy has said to CONNECT; 0: nothing
  std::string host;         // as messages name it
  NamedProxy proxy;         // that may have been on the way
  std::chrono::milliseconds connect_timeout{0};
};

Error error_of(const CurlFailure& failure);

// "30 s", "0.2 s"
std::string seconds_text(std::chrono::milliseconds duration);

}  // namespace hearth::net
