// The requests of all models together of which nothing is known yet, and that are kept therefore:
// so many and no more, in number and in bytes. How many may wait for one model is the fleet's
// business.
//
// Ownership: a Seat may outlive the room.
// Threads:   confined to the loop.
// Errors:    kResourceExhausted when it is full; trying again later helps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/result.h"
#include "base/units.h"

namespace hearth::fleet {

struct WaitingLimits {
  std::size_t requests = 16'384;
  std::uint64_t bytes = 256 * base::kMiB;
};

class WaitingRoom {
  struct Count {
    std::size_t requests = 0;
    std::uint64_t bytes = 0;
  };

 public:
  // What one request takes of the room, until it is destroyed.
  class Seat {
   public:
    Seat(std::shared_ptr<Count> count, std::uint64_t bytes);
    ~Seat();
    Seat(Seat&& other) = default;
    Seat& operator=(Seat&& other) = delete;

   private:
    std::shared_ptr<Count> count_;  // none: it was moved from
    std::uint64_t bytes_;
  };

  explicit WaitingRoom(const WaitingLimits& limits) : limits_(limits) {}

  // One request is let in whatever its size, when there is no other.
  Result<Seat> enter(std::uint64_t bytes);

  std::size_t requests() const { return count_->requests; }
  std::uint64_t bytes() const { return count_->bytes; }
  const WaitingLimits& limits() const { return limits_; }

 private:
  WaitingLimits limits_;
  std::shared_ptr<Count> count_ = std::make_shared<Count>();
};

}  // namespace hearth::fleet
