// What compiling one grammar or schema may take, and whether somebody still waits for it. Work is
// counted in steps of some 10 to 50 ns, so that what is refused does not depend on how busy a
// machine is.
//
// Threads: confined to one thread; the token is cancelled by any.
// Errors:  kInvalidArgument once there were too many steps, kCancelled once nobody waits.
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/cancellation.h"
#include "base/result.h"

namespace hearth::constraint {

inline constexpr std::size_t kEffortMax = 10'000'000;  // some 0.3 s
inline constexpr std::size_t kStepsBetweenLooks = 100'000;

class Effort {
 public:
  Effort() = default;
  explicit Effort(base::CancelToken cancel) : cancel_(std::move(cancel)) {}

  void spend(std::size_t steps) {
    left_ -= std::min(steps, left_);
    since_look_ += steps;
    if (since_look_ >= kStepsBetweenLooks) look();
  }
  // Then nothing that was found is worth going on with.
  bool is_over() const { return left_ == 0; }
  Result<void> check() const;

 private:
  void look();

  base::CancelToken cancel_;
  std::size_t left_ = kEffortMax;
  std::size_t since_look_ = kStepsBetweenLooks;
  bool is_cancelled_ = false;
};

}  // namespace hearth::constraint
