#include "fleet/waiting_room.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace hearth::fleet {

WaitingRoom::Seat::Seat(std::shared_ptr<Count> count, std::uint64_t bytes)
    : count_(std::move(count)), bytes_(bytes) {
  ++count_->requests;
  count_->bytes += bytes_;
}

WaitingRoom::Seat::~Seat() {
  if (!count_) return;
  --count_->requests;
  count_->bytes -= bytes_;
}

Result<WaitingRoom::Seat> WaitingRoom::enter(std::uint64_t bytes) {
  if (count_->requests >= limits_.requests) {
    return fail(Code::kResourceExhausted,
                fmt::format("{} requests wait already, for all models together; try again",
                            count_->requests));
  }
  const std::uint64_t left = limits_.bytes - std::min(limits_.bytes, count_->bytes);
  if (count_->requests > 0 && bytes > left) {
    return fail(Code::kResourceExhausted,
                fmt::format("the requests that wait hold {} already; try again",
                            base::format_bytes(count_->bytes)));
  }
  return Seat(count_, bytes);
}

}  // namespace hearth::fleet
