#include "store/pull/journal_keeper.h"

#include <chrono>

namespace hearth::store {

void JournalKeeper::keep(PartJournal journal, const JournalContent& content) {
  const base::Lock lock(mutex_);
  journal_.emplace(std::move(journal));
  kept_ = content.there;
}

void JournalKeeper::forget() {
  const base::Lock lock(mutex_);
  journal_.reset();
  kept_.clear();
  if (remove_journal(path_)) disk_.sync_name(path_);
}

bool JournalKeeper::keeps() const {
  const base::Lock lock(mutex_);
  return journal_.has_value();
}

bool JournalKeeper::knows_any() const {
  const base::Lock lock(mutex_);
  return journal_.has_value() && kept_.total() != 0;
}

void JournalKeeper::run(Transfer& transfer) {
  while (true) {
    const std::uint64_t arrived = transfer.arrived_bytes();
    transfer.wait(base::system_clock().now() + std::chrono::milliseconds(pace_.sync_ms),
                  arrived + pace_.sync_bytes);
    const bool last = transfer.view().state != Transfer::State::kRunning;
    const Result<void> saved = save(transfer);
    if (!saved) transfer.end(Transfer::State::kFailed, saved.error());
    if (!saved || last) return;
  }
}

// First the bytes, then the word that they are there.
Result<void> JournalKeeper::save(const Transfer& transfer) {
  const base::Lock lock(mutex_);
  if (!journal_) return {};
  const ExtentSet there = transfer.there();
  const std::vector<Extent> fresh = there.without(kept_);
  if (fresh.empty()) return {};
  HEARTH_TRY(file_.sync());
  HEARTH_TRY(journal_->add(fresh));
  kept_ = there;
  return {};
}

}  // namespace hearth::store
