// The permit of a runner that leases its cores from the daemon. What it holds it keeps until the
// daemon wants it back: then it gives it back before the first step after its slice, or at once
// where nothing is computed. docs/formats/wire.md says in which order what is said.
//
// Threads:    thread-safe. granted() and wanted_back() are the reader's, the rest is the engine's.
//             What it says it says under its lock, so that it is said in order.
// Invariants: who was granted a lease computes a step before it gives it back, unless it has
// nothing
//             to compute any more, of which rest() tells.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "engine/compute_permit.h"
#include "wire/messages.h"

namespace hearth::engine {

class LeasedPermit final : public ComputePermit {
 public:
  using Send = std::function<void(wire::Message message)>;

  explicit LeasedPermit(Send send, const base::Clock& clock = base::system_clock())
      : send_(std::move(send)), clock_(clock) {}

  // False for what was not asked for.
  bool granted(base::Duration slice);
  // Means nothing where it was given back meanwhile.
  void wanted_back();

  bool take(const ComputeWish& wish) override;
  void rest() override;
  bool contended() const override;

 private:
  enum class State : std::uint8_t { kNone, kAsked, kHeld };

  void give_back(std::optional<wire::LeaseWish> next) REQUIRES_LOCK(mutex_);

  const Send send_;
  const base::Clock& clock_;
  mutable base::Mutex mutex_;
  State state_ GUARDED_BY(mutex_) = State::kNone;
  bool computing_ GUARDED_BY(mutex_) = false;  // or about to, where it is held
  bool computed_ GUARDED_BY(mutex_) = false;   // a step, since it was granted
  bool wanted_back_ GUARDED_BY(mutex_) = false;
  base::TimePoint slice_ends_ GUARDED_BY(mutex_){};
  std::optional<base::TimePoint> last_wanted_ GUARDED_BY(mutex_);  // by others
};

}  // namespace hearth::engine
