#include "base/clock.h"

namespace hearth::base {

namespace {

class SystemClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  std::int64_t wall_ms() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

void ManualClock::advance(Duration by) {
  now_ += by;
  wall_ms_ += std::chrono::duration_cast<std::chrono::milliseconds>(by).count();
}

}  // namespace hearth::base
