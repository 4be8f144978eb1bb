#include "store/pull/patient_web.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "base/random.h"
#include "store/pull/answer.h"
#include "store/pull/retry.h"

namespace hearth::store {

namespace {

constexpr std::chrono::milliseconds kHearingPeriod{50};  // a cancellation is heard so soon
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

Result<void> wait(std::int64_t pause_ms, const base::CancelToken& cancel) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(pause_ms);
  while (std::chrono::steady_clock::now() < until) {
    if (cancel.cancelled()) return fail(Code::kCancelled, "the fetch is cancelled");
    const auto left = until - std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, kHearingPeriod));
  }
  return {};
}

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
    HEARTH_TRY(wait(*pause, cancel));
  }
}

}  // namespace hearth::store
