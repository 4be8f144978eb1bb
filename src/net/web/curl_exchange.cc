#include "net/web/curl_exchange.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/guarded.h"

namespace hearth::net {

namespace {

// How long a cancellation may go unheard while nothing arrives.
constexpr std::chrono::milliseconds kHearingPeriod{50};
// Of a body that only says "elsewhere": as much is read so that its connection can be kept.
constexpr std::size_t kUnreadBytesMax = 16 * 1024;
constexpr int kFirstFinalStatus = 200;  // what is below announces another head

}  // namespace

CurlExchange::CurlExchange(const WebSettings& settings, CurlHandle& handle,
                           const ExchangeOrder& order, FetchState& state)
    : settings_(settings),
      multi_(handle.multi.get()),
      easy_(handle.easy.get()),
      order_(order),
      state_(state) {}

Result<std::optional<std::string>> CurlExchange::run() {
  const bool ready = set_up();
  Result<void> transferred;
  if (ready) transferred = transfer();
  curl_easy_reset(easy_);  // it holds pointers to what goes with this exchange
  if (!ready) return fail(Code::kInternal, "libcurl refuses what every fetch asks of it");
  if (!transferred) return fail(transferred.error());
  return std::move(location_);
}

bool CurlExchange::set_up() {
  const WebRequest& request = order_.request;
  const bool is_head = request.method == WebRequest::Method::kHead;
  bool ok = set(CURLOPT_URL, order_.url.text.c_str()) && set(CURLOPT_PROTOCOLS_STR, "http,https") &&
            set(CURLOPT_FOLLOWLOCATION, 0L) && set(is_head ? CURLOPT_NOBODY : CURLOPT_HTTPGET, 1L);
  if (request.range) {
    ok = ok && set(CURLOPT_RANGE,
                   fmt::format("{}-{}", request.range->first, request.range->last).c_str());
  }
  for (const auto& [name, value] : request.headers)
    ok = ok && add_header(name, value);
  if (!order_.authorization.empty()) ok = ok && add_header("Authorization", order_.authorization);
  const auto timeout_ms = static_cast<long>(settings_.options.connect_timeout.count());
  const auto piece_bytes = static_cast<long>(state_.rate_limit.piece_bytes_max());
  ok = ok && set(CURLOPT_HTTPHEADER, headers_.get()) &&
       set(CURLOPT_USERAGENT, settings_.options.user_agent.c_str()) &&
       set(CURLOPT_CONNECTTIMEOUT_MS, timeout_ms) && set(CURLOPT_BUFFERSIZE, piece_bytes) &&
       set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) && set(CURLOPT_ERRORBUFFER, words_) &&
       // Other threads run: no signals. And a resolver that is stuck is left to end by itself.
       set(CURLOPT_NOSIGNAL, 1L) && set(CURLOPT_QUICK_EXIT, 1L);
  void* const self = this;
  ok = ok && set(CURLOPT_HEADERFUNCTION, &CurlExchange::on_header) &&
       set(CURLOPT_HEADERDATA, self) && set(CURLOPT_WRITEFUNCTION, &CurlExchange::on_body) &&
       set(CURLOPT_WRITEDATA, self) && set(CURLOPT_PREREQFUNCTION, &CurlExchange::on_connected) &&
       set(CURLOPT_PREREQDATA, self);
  return ok && set_up_trust() && set_up_reach();
}

bool CurlExchange::set_up_reach() {
  if (!settings_.options.may_reach) return true;
  return set(CURLOPT_PROXY, "") && set(CURLOPT_OPENSOCKETFUNCTION, &CurlExchange::on_socket) &&
         set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
}

bool CurlExchange::set_up_trust() {
  const Authorities& trusted = settings_.authorities;
  const auto version = static_cast<long>(CURL_SSLVERSION_TLSv1_2);
  bool ok = set(CURLOPT_SSLVERSION, version);
  if (!trusted.pem.empty()) {
    curl_blob text{};
    text.data = const_cast<char*>(trusted.pem.data());  // is only read
    text.len = trusted.pem.size();
    text.flags = CURL_BLOB_NOCOPY;
    ok = ok && set(CURLOPT_CAINFO_BLOB, &text) && set(CURLOPT_PROXY_CAINFO_BLOB, &text);
  } else if (!trusted.file.empty()) {
    ok = ok && set(CURLOPT_CAINFO, trusted.file.c_str()) &&
         set(CURLOPT_PROXY_CAINFO, trusted.file.c_str());
  }
  return ok;
}

bool CurlExchange::add_header(const std::string& name, const std::string& value) {
  // libcurl takes "Name:" for a header that it shall leave out, and "Name;" for an empty one.
  const bool is_empty = value.find_first_not_of(' ') == std::string::npos;
  const std::string line = is_empty ? name + ";" : name + ": " + value;
  curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(headers_.release());
  headers_.reset(longer);
  return true;
}

Result<void> CurlExchange::transfer() {
  if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) {
    return fail(Code::kInternal, "libcurl does not take a transfer");
  }
  auto driven = drive();
  if (driven) driven = outcome();
  // What is not complete is broken off by this; what is complete leaves its connection behind.
  curl_multi_remove_handle(multi_, easy_);
  return driven;
}

Result<void> CurlExchange::drive() {
  const base::Clock& clock = base::system_clock();
  while (true) {
    HEARTH_TRY(check_patience());
    int running = 0;
    const CURLMcode performed = curl_multi_perform(multi_, &running);
    if (performed != CURLM_OK) return fail(Code::kInternal, curl_multi_strerror(performed));
    if (running == 0) return {};
    int active = 0;
    const CURLMcode polled = curl_multi_poll(multi_, nullptr, 0, kHearingPeriod.count(), &active);
    if (polled != CURLM_OK) return fail(Code::kInternal, curl_multi_strerror(polled));
    // Connecting has a limit of its own.
    if (active > 0 || step_ == ExchangeStep::kConnecting) {
      last_arrival_ = clock.now();
    } else if (clock.now() - last_arrival_ >= settings_.options.stall_timeout) {
      return fail(Code::kUnavailable,
                  fmt::format("{} has sent nothing for {}", host_text(order_.url.origin),
                              seconds_text(settings_.options.stall_timeout)));
    }
  }
}

Result<void> CurlExchange::check_patience() const {
  if (state_.cancel.cancelled()) return fail(Code::kCancelled, "the fetch is cancelled");
  if (!state_.until || base::system_clock().now() < *state_.until) return {};
  return fail(Code::kDeadlineExceeded,
              fmt::format("{} takes more than {}", host_text(order_.url.origin),
                          seconds_text(settings_.options.whole_timeout)));
}

Result<void> CurlExchange::outcome() {
  CURLcode code = CURLE_OK;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  }
  if (failure_) return fail(*std::move(failure_));
  if (is_enough_ || (code == CURLE_OK && step_ == ExchangeStep::kBody)) return {};
  // A head that is cut short is whole enough for libcurl.
  return fail(error_of_curl(code == CURLE_OK ? CURLE_GOT_NOTHING : code));
}

Error CurlExchange::error_of_curl(CURLcode code) {
  CurlFailure failure;
  failure.code = code;
  failure.step = step_;
  failure.words = words_;
  long os_error = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
  failure.os_error = static_cast<int>(os_error);
  curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &failure.connect_status);
  failure.host = host_text(order_.url.origin);
  if (!settings_.options.may_reach) failure.proxy = proxy_of_environment(order_.url.origin.scheme);
  failure.connect_timeout = settings_.options.connect_timeout;
  return error_of(failure);
}

// One address that is refused ends the fetch, whatever else the name stands for: a name that leads
// to both has no good reason to.
curl_socket_t CurlExchange::on_socket(void* exchange, curlsocktype, curl_sockaddr* address) {
  auto& self = *static_cast<CurlExchange*>(exchange);
  const auto allowed =
      base::guarded(Code::kInternal, "an address cannot be judged: ", "judge an address",
                    [&self, address] { return self.settings_.options.may_reach(address->addr); });
  if (!self.failure_ && allowed && *allowed)
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  self.failure_ =
      make_error(Code::kPermissionDenied,
                 fmt::format("{} has an address that is not fetched from; only what everybody on "
                             "the internet can reach is",
                             host_text(self.order_.url.origin)));
  return CURL_SOCKET_BAD;
}

int CurlExchange::on_connected(void* exchange, char*, char*, int, int) {
  auto& self = *static_cast<CurlExchange*>(exchange);
  self.step_ = ExchangeStep::kHead;
  self.last_arrival_ = base::system_clock().now();
  return CURL_PREREQFUNC_OK;
}

std::size_t CurlExchange::on_header(char* line, std::size_t, std::size_t size, void* exchange) {
  auto& self = *static_cast<CurlExchange*>(exchange);
  const std::string_view text(line, size);
  return self.recorded([&self, text] { return self.take_header(text); }) ? size
                                                                         : CURL_WRITEFUNC_ERROR;
}

std::size_t CurlExchange::on_body(char* bytes, std::size_t, std::size_t size, void* exchange) {
  auto& self = *static_cast<CurlExchange*>(exchange);
  const std::string_view text(bytes, size);
  return self.recorded([&self, text] { return self.take_body(text); }) ? size
                                                                       : CURL_WRITEFUNC_ERROR;
}

// What a sink takes may be as slow as a disk; that is not the server's silence.
template <typename Take>
bool CurlExchange::recorded(Take&& take) {
  auto taken =
      base::guarded(Code::kInternal, "an answer cannot be taken: ", "keep an answer", take);
  last_arrival_ = base::system_clock().now();
  if (!taken) {
    failure_ = std::move(taken).error();
  } else if (!*taken) {
    failure_ = std::move(*taken).error();
  }
  return !failure_ && !is_enough_;
}

Result<void> CurlExchange::take_header(std::string_view line) {
  if (line.size() > state_.head_bytes_left) {
    return fail(Code::kUpstream, fmt::format("{} answers with headers of more than {} bytes",
                                             host_text(order_.url.origin), kWebHeadBytesMax));
  }
  state_.head_bytes_left -= line.size();
  const bool ends_head = line == "\r\n" || line == "\n";
  // Behind the head come trailers: nobody has asked for them.
  if (!ends_head || step_ == ExchangeStep::kBody) return {};
  return take_head();
}

Result<void> CurlExchange::take_head() {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  if (status < kFirstFinalStatus) return {};
  step_ = ExchangeStep::kBody;
  WebHead head;
  head.status = static_cast<int>(status);
  head.url = order_.url.text;
  curl_header* header = nullptr;
  while ((header = curl_easy_nextheader(easy_, CURLH_HEADER, -1, header)) != nullptr)
    head.headers.emplace_back(header->name, header->value);
  const bool follows = order_.request.redirects == WebRequest::Redirects::kFollow;
  const std::string* location = find_header(head.headers, "location");
  if (follows && is_redirect(head.status) && location != nullptr) {
    location_ = *location;
    return {};
  }
  return state_.sink.begin(head);
}

Result<void> CurlExchange::take_body(std::string_view bytes) {
  if (step_ != ExchangeStep::kBody) {
    return fail(Code::kUpstream,
                fmt::format("{} sends a body without a head", host_text(order_.url.origin)));
  }
  if (location_) {
    unread_bytes_ += bytes.size();
    is_enough_ = unread_bytes_ > kUnreadBytesMax;
    return {};
  }
  if (!state_.rate_limit.wait(bytes.size(), state_.cancel)) {
    return fail(Code::kCancelled, "the fetch is cancelled");
  }
  return state_.sink.take(bytes);
}

}  // namespace hearth::net
