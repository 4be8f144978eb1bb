#include "fleet/call.h"

#include <utility>

#include <boost/asio/post.hpp>

#include "base/result.h"

namespace hearth::fleet {

namespace {

// Credit goes back in parcels: a quarter of what a runner may send ahead.
constexpr std::uint32_t kCreditParcel = 64;

}  // namespace

void Call::connect(std::function<void(std::uint32_t)> on_taken,
                   std::function<void()> on_abandoned) {
  on_taken_ = std::move(on_taken);
  on_abandoned_ = std::move(on_abandoned);
}

void Call::deliver(chat::Event event) {
  if (abandoned_ || ended_) return;
  ended_ = chat::ends_stream(event);
  begun_ = true;
  events_.push_back(std::move(event));
  pump();
}

void Call::next(chat::EventStream::Handler handler) {
  HEARTH_ASSERT(!handler_ && !abandoned_);
  handler_ = std::move(handler);
  pump();
}

void Call::pump() {
  if (posted_ || !handler_ || events_.empty()) return;
  posted_ = true;
  boost::asio::post(loop_, [self = shared_from_this()] { self->hand_over(); });
}

void Call::hand_over() {
  posted_ = false;
  if (!handler_ || events_.empty()) return;
  chat::Event event = std::move(events_.front());
  events_.pop_front();
  if (++taken_ >= kCreditParcel && !ended_ && on_taken_) on_taken_(std::exchange(taken_, 0));
  const auto handler = std::exchange(handler_, nullptr);
  handler(std::move(event));
}

void Call::abandon() {
  if (abandoned_) return;
  abandoned_ = true;
  handler_ = nullptr;
  events_.clear();
  const auto notify = std::exchange(on_abandoned_, nullptr);
  on_taken_ = nullptr;
  if (notify && !ended_) notify();
}

}  // namespace hearth::fleet
