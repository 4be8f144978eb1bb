// How promptly a fetch hears that nobody wants it any more.
#pragma once

#include <future>
#include <string_view>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "net/testing/web_trip.h"

namespace hearth::net::testing {

// Promised by CurlWeb; the best of some tries shows it also on a machine that is busy.
inline constexpr double kHeardWithinMs = 100;
inline constexpr int kTries = 5;

// How soon a fetch has ended after it was cancelled, which is done when `is_under_way`.
inline double heard_within_ms(Web& web, const WebRequest& request, std::future<void> is_under_way,
                              WebSink& sink) {
  base::CancelSource cancel;
  std::promise<base::TimePoint> cancelled;
  std::thread canceller([&] {
    is_under_way.wait();
    cancelled.set_value(base::system_clock().now());
    cancel.cancel();
  });
  const auto fetched = web.fetch(request, sink, cancel.token());
  const auto ended = base::system_clock().now();
  canceller.join();
  EXPECT_EQ(fetched ? "whole" : base::code_name(fetched.error().code), "cancelled");
  return base::to_ms(ended - cancelled.get_future().get());
}

inline double heard_within_ms(Web& web, const WebRequest& request, std::future<void> is_under_way) {
  RememberingSink sink;
  return heard_within_ms(web, request, std::move(is_under_way), sink);
}

}  // namespace hearth::net::testing
