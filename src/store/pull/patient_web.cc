#include "store/pull/patient_web.h"

#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "base/cancellable_sleep.h"
#include "base/random.h"
#include "store/pull/answer.h"
#include "store/pull/retry.h"

namespace hearth::store {

namespace {

constexpr int kTooManyRequests = 429;
constexpr int kServerFault = 500;

bool is_not_now(const net::WebHead& head) {
  return head.status == kTooManyRequests || head.status >= kServerFault;
}

// Keeps from the asker what only says "not now".
class Attempt : public net::WebSink {
 public:
  Attempt(net::WebSink& sink, bool is_last) : sink_(sink), is_last_(is_last) {}

  Result<void> begin(const net::WebHead& head) override {
    if (!is_last_ && is_not_now(head)) {
      refusal_ = head;
      return {};
    }
    has_begun_ = true;
    return sink_.begin(head);
  }
  Result<void> take(std::string_view bytes) override {
    return refusal_ ? Result<void>() : sink_.take(bytes);
  }

  const std::optional<net::WebHead>& refusal() const { return refusal_; }
  bool has_begun() const { return has_begun_; }

 private:
  net::WebSink& sink_;
  bool is_last_;
  bool has_begun_ = false;
  std::optional<net::WebHead> refusal_;
};

}  // namespace

Result<void> PatientWeb::fetch(const net::WebRequest& request, net::WebSink& sink,
                               const base::CancelToken& cancel) {
  for (unsigned tries = 1;; ++tries) {
    Attempt attempt(sink, tries >= options_.attempts);
    const auto fetched = web_.fetch(request, attempt, cancel);
    FailedTry failed{tries, std::nullopt};
    std::string problem;
    if (attempt.refusal()) {
      failed.retry_after_ms = retry_after_of(*attempt.refusal());
      problem =
          fmt::format("{} answers with status {}", host_of(request.url), attempt.refusal()->status);
    } else {
      // What has begun to arrive is the asker's already.
      if (fetched || attempt.has_begun() || !passes(fetched.error().code)) return fetched;
      problem = fetched.error().message;
    }
    const auto pause = pause_after(failed, options_, base::random_u32());
    if (!pause) return fetched;
    if (listener_) listener_(problem, *pause);
    const auto until = base::system_clock().now() + std::chrono::milliseconds(*pause);
    if (!base::sleep_until(until, cancel)) return fail(Code::kCancelled, "the fetch is cancelled");
  }
}

}  // namespace hearth::store
