#include "engine/leased_permit.h"

#include <chrono>

namespace hearth::engine {

namespace {

// So long after somebody wanted it back he may be waiting again.
constexpr auto kContendedTime = std::chrono::seconds(1);

}  // namespace

bool LeasedPermit::granted(base::Duration slice) {
  const base::Lock lock(mutex_);
  if (state_ != State::kAsked) return false;
  state_ = State::kHeld;
  computing_ = true;  // nearly: the engine is about to be told
  computed_ = false;
  wanted_back_ = false;
  slice_ends_ = clock_.now() + slice;
  return true;
}

void LeasedPermit::wanted_back() {
  const base::Lock lock(mutex_);
  last_wanted_ = clock_.now();
  if (state_ != State::kHeld) return;
  wanted_back_ = true;
  if (!computing_) give_back(std::nullopt);
}

bool LeasedPermit::take(const ComputeWish& wish) {
  const base::Lock lock(mutex_);
  const wire::LeaseWish wanted{.cores = wish.cores, .priority = wish.priority};
  if (state_ == State::kNone) {
    state_ = State::kAsked;
    send_(wire::LeaseWanted{wanted});
  } else if (state_ == State::kHeld && wanted_back_ && computed_ && clock_.now() >= slice_ends_) {
    give_back(wanted);
  }
  if (state_ != State::kHeld) return false;
  computing_ = true;
  computed_ = true;
  return true;
}

void LeasedPermit::rest() {
  const base::Lock lock(mutex_);
  computing_ = false;
  if (state_ == State::kHeld && wanted_back_) give_back(std::nullopt);
}

bool LeasedPermit::contended() const {
  const base::Lock lock(mutex_);
  return last_wanted_ && clock_.now() - *last_wanted_ < kContendedTime;
}

void LeasedPermit::give_back(std::optional<wire::LeaseWish> next) {
  state_ = next ? State::kAsked : State::kNone;
  computing_ = false;
  send_(wire::LeaseReturned{next});
}

}  // namespace hearth::engine
