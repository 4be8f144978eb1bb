#include "long_work.h"

#include <fmt/format.h>

namespace hearth {

Result<std::shared_ptr<LongWork::Job>> LongWork::begin() {
  if (jobs_.size() >= kLongWorkMax) {
    return fail(
        Code::kResourceExhausted,
        fmt::format("{} models are being made or verified; wait until one is done", jobs_.size()));
  }
  return *jobs_.insert(std::make_shared<Job>()).first;
}

void LongWork::call_off_all() {
  for (const std::shared_ptr<Job>& job : jobs_)
    job->cancel.cancel();
}

}  // namespace hearth
