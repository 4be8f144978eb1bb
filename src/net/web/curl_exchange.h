// One request and one answer on a borrowed handle: its head is judged, and its body goes to the
// sink or, where it only says that the thing is elsewhere, nowhere.
//
// The transfer is driven here by curl_multi_poll in periods of kHearingPeriod rather than by
// curl_easy_perform with a progress callback: that callback is not called while nothing arrives
// for up to a second, and is no place to tell an answer that trickles from one that has stalled.
// The poll says whether the socket had anything, so even bytes of a line or of a TLS record that
// is not whole yet are seen to arrive.
//
// Ownership: refers to all it is made of; lives for one call of run().
// Threads:   confined to the thread that fetches.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "base/cancellation.h"
#include "base/clock.h"
#include "base/result.h"
#include "net/web/authorities.h"
#include "net/web/curl_failure.h"
#include "net/web/curl_pool.h"
#include "net/web/curl_web.h"
#include "net/web/rate_limit.h"
#include "net/web/web.h"
#include "net/web/web_url.h"

namespace hearth::net {

// What all fetches of one CurlWeb have in common.
struct WebSettings {
  WebOptions options;
  Authorities authorities;
};

// What is asked at this step of the way.
struct ExchangeOrder {
  const WebRequest& request;
  const WebUrl& url;
  std::string authorization;  // empty where it must not go
};

// What a fetch carries through all its exchanges.
struct FetchState {
  RateLimit& rate_limit;
  WebSink& sink;
  const base::CancelToken& cancel;
  std::size_t head_bytes_left = kWebHeadBytesMax;
  std::optional<base::TimePoint> until = {};
};

class CurlExchange {
 public:
  CurlExchange(const WebSettings& settings, CurlHandle& handle, const ExchangeOrder& order,
               FetchState& state);
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  // Where the answer says that the thing is; nothing when the sink has the answer whole.
  Result<std::optional<std::string>> run();

 private:
  // What libcurl calls. They end a transfer by recording a failure; nothing leaves them but that.
  static std::size_t on_header(char* line, std::size_t one, std::size_t size, void* exchange);
  static std::size_t on_body(char* bytes, std::size_t one, std::size_t size, void* exchange);
  static curl_socket_t on_socket(void* exchange, curlsocktype, curl_sockaddr* address);
  static int on_connected(void* exchange, char*, char*, int, int);

  bool set_up();
  bool set_up_trust();
  bool set_up_reach();
  bool add_header(const std::string& name, const std::string& value);
  Result<void> transfer();
  Result<void> drive();
  // Whether it has been called off, or has taken too long.
  Result<void> check_patience() const;
  Result<void> outcome();
  Error error_of_curl(CURLcode code);

  Result<void> take_header(std::string_view line);
  Result<void> take_head();
  Result<void> take_body(std::string_view bytes);
  template <typename Take>
  bool recorded(Take&& take);

  template <typename Value>
  bool set(CURLoption option, Value value) {
    return curl_easy_setopt(easy_, option, value) == CURLE_OK;
  }

  struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  const WebSettings& settings_;
  CURLM* const multi_;
  CURL* const easy_;
  const ExchangeOrder& order_;
  FetchState& state_;

  std::unique_ptr<curl_slist, FreeList> headers_;
  char words_[CURL_ERROR_SIZE] = {};
  ExchangeStep step_ = ExchangeStep::kConnecting;
  base::TimePoint last_arrival_{};
  std::optional<Error> failure_;         // of ours, which ended the transfer
  std::optional<std::string> location_;  // where the answer leads
  std::size_t unread_bytes_ = 0;         // of its body
  bool is_enough_ = false;               // of that body
};

}  // namespace hearth::net
