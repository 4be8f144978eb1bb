#include "store/pull/transfer.h"

#include <algorithm>
#include <chrono>

#include "store/manifest/manifest.h"

namespace hearth::store {

Transfer::Transfer(Beginning beginning, PartFile& file, PrefixHash& hash, Opening opening)
    : file_(file),
      hash_(hash),
      opening_(std::move(opening)),
      beginning_(std::move(beginning)),
      identity_(beginning_.identity),
      there_(beginning_.there),
      given_(beginning_.there) {
  hash_.advance(there_.prefix());
  const base::Lock lock(mutex_);
  if (identity_.size_bytes != 0 && there_.total() == identity_.size_bytes) arrive();
}

Errand Transfer::give(std::uint64_t size_bytes) {
  Extent extent = given_.first_gap(size_bytes);
  extent.end = extent.begin + std::min(extent.size(), beginning_.range_bytes);
  given_.add(extent);
  if (!extent.empty()) ++errands_;
  return {Errand::Kind::kRange, extent};
}

std::optional<Errand> Transfer::next_errand() {
  const base::Lock lock(mutex_);
  while (state_ == State::kRunning) {
    if (open_) {
      if (whole_) return std::nullopt;
      const Errand errand = give(identity_.size_bytes);
      if (errand.left.empty()) return std::nullopt;
      return errand;
    }
    if (!asked_) {
      asked_ = true;
      return give(identity_.size_bytes != 0 ? identity_.size_bytes : kFileBytesMax);
    }
    changed_.wait(mutex_);
  }
  return std::nullopt;
}

Expected Transfer::expected(const Errand& errand) const {
  const base::Lock lock(mutex_);
  Expected expected;
  expected.promised_bytes = beginning_.promised_bytes;
  if (errand.kind == Errand::Kind::kWhole) return expected;
  expected.range = errand.left;
  expected.known_bytes = identity_.size_bytes;
  if (beginning_.validators == Beginning::Validators::kHeld)
    expected.validator = identity_.validator;
  return expected;
}

std::string Transfer::validator() const {
  const base::Lock lock(mutex_);
  return beginning_.validators == Beginning::Validators::kHeld ? identity_.validator : "";
}

bool Transfer::fits(const Answer& answer) const {
  const base::Lock lock(mutex_);
  return !open_ || whole_ == (answer.kind == Answer::Kind::kWhole);
}

// Until it is open, and when there are no ranges, only one thread is here.
Result<void> Transfer::accept(const Answer& answer) {
  const bool whole = answer.kind == Answer::Kind::kWhole;
  PartIdentity identity;
  {
    const base::Lock lock(mutex_);
    if (open_ && !whole_) return {};
    identity = identity_;
    if (whole) {
      there_.clear();
      given_.clear();
      hash_.restart();
    }
  }
  identity.size_bytes = answer.size_bytes;
  if (!answer.validator.empty()) identity.validator = answer.validator;
  HEARTH_TRY(opening_(identity, whole ? Errand::Kind::kWhole : Errand::Kind::kRange));
  const base::Lock lock(mutex_);
  identity_ = identity;
  open_ = true;
  whole_ = whole;
  changed_.notify_all();
  return {};
}

Result<void> Transfer::write(std::uint64_t at, std::string_view bytes) {
  HEARTH_TRY(file_.write(at, bytes));
  const base::Lock lock(mutex_);
  there_.add({at, at + bytes.size()});
  arrived_ += bytes.size();
  hash_.advance(there_.prefix());
  if (arrived_ >= wake_at_) changed_.notify_all();
  return {};
}

void Transfer::arrive() {
  if (state_ != State::kRunning) return;
  state_ = State::kArrived;
  hash_.close();
  changed_.notify_all();
}

void Transfer::finish_range() {
  const base::Lock lock(mutex_);
  --errands_;
  if (there_.total() == identity_.size_bytes) arrive();
}

void Transfer::finish_whole(std::uint64_t size_bytes) {
  const base::Lock lock(mutex_);
  --errands_;
  identity_.size_bytes = size_bytes;
  arrive();
}

bool Transfer::pause(std::int64_t ms, const std::string& problem) {
  const base::TimePoint deadline = base::system_clock().now() + std::chrono::milliseconds(ms);
  const base::Lock lock(mutex_);
  ++pausing_;
  problem_ = problem;
  next_try_ = deadline;
  while (state_ == State::kRunning && changed_.wait_until(mutex_, deadline)) {
  }
  --pausing_;
  return state_ == State::kRunning;
}

void Transfer::end(State state, Error error) {
  const base::Lock lock(mutex_);
  if (state_ != State::kRunning && state_ != State::kArrived) return;
  state_ = state;
  error_ = std::move(error);
  stop_.cancel();
  changed_.notify_all();
}

Transfer::View Transfer::view() const {
  const base::Lock lock(mutex_);
  View view;
  view.state = state_;
  view.done_bytes = there_.total();
  view.size_bytes = identity_.size_bytes;
  view.fetching = errands_ - pausing_;
  view.pausing = pausing_;
  view.problem = problem_;
  view.next_try = next_try_;
  return view;
}

Error Transfer::error() const {
  const base::Lock lock(mutex_);
  return error_;
}

ExtentSet Transfer::there() const {
  const base::Lock lock(mutex_);
  return there_;
}

bool Transfer::is_whole() const {
  const base::Lock lock(mutex_);
  return whole_;
}

std::uint64_t Transfer::arrived_bytes() const {
  const base::Lock lock(mutex_);
  return arrived_;
}

void Transfer::wait(base::TimePoint deadline, std::uint64_t arrived_bytes) {
  const base::Lock lock(mutex_);
  if (arrived_bytes != kNever) wake_at_ = arrived_bytes;
  while (state_ == State::kRunning && arrived_ < arrived_bytes) {
    if (!changed_.wait_until(mutex_, deadline)) break;
  }
  if (arrived_bytes != kNever) wake_at_ = kNever;
}

}  // namespace hearth::store
