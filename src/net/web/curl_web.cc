#include "net/web/curl_web.h"

#include <utility>

#include "net/web/authorities.h"
#include "net/web/curl_exchange.h"
#include "net/web/curl_pool.h"
#include "net/web/rate_limit.h"
#include "net/web/web_request.h"

namespace hearth::net {

class CurlWeb::Insides {
 public:
  explicit Insides(WebOptions options)
      : rate_limit_(options.bytes_per_second_max), trusted_(load_authorities(options.authorities)) {
    settings_.options = std::move(options);
    if (trusted_) settings_.authorities = *trusted_;
  }

  Result<void> fetch(const WebRequest& request, WebSink& sink, const base::CancelToken& cancel) {
    WebUrl url = HEARTH_TRY(check_request(request));
    if (!trusted_) return fail(trusted_.error());
    if (cancel.cancelled()) return fail(Code::kCancelled, "the fetch is cancelled");
    CurlPool::Loan handle = HEARTH_TRY(pool_.borrow(url.origin));
    FetchState state{rate_limit_, sink, cancel};
    if (const auto whole = settings_.options.whole_timeout; whole.count() > 0)
      state.until = base::system_clock().now() + whole;
    std::string authorization = request.authorization;
    for (int followed = 0;; ++followed) {
      const ExchangeOrder order{request, url, authorization};
      CurlExchange exchange(settings_, *handle, order, state);
      const auto location = exchange.run();
      if (!location) {
        handle.discard();
        return fail(location.error());
      }
      if (!*location) return {};
      WebUrl next = HEARTH_TRY(follow_redirect(url, **location, followed));
      // Once away it stays away: who redirects back may have chosen what is asked for there.
      if (next.origin != url.origin) authorization.clear();
      url = std::move(next);
    }
  }

 private:
  CurlPool pool_;  // before all else: it sets libcurl up
  RateLimit rate_limit_;
  Result<Authorities> trusted_;
  WebSettings settings_;
};

CurlWeb::CurlWeb(WebOptions options) : insides_(std::make_unique<Insides>(std::move(options))) {}

CurlWeb::~CurlWeb() = default;

Result<void> CurlWeb::fetch(const WebRequest& request, WebSink& sink,
                            const base::CancelToken& cancel) {
  return insides_->fetch(request, sink, cancel);
}

}  // namespace hearth::net
