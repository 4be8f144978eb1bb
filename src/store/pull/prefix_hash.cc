#include "store/pull/prefix_hash.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

#include "store/pull/thread_start.h"

namespace hearth::store {

namespace {

constexpr std::size_t kBlockBytes = 1024 * 1024;

}  // namespace

PrefixHash::PrefixHash(const Fd& file) : file_(file), block_(kBlockBytes) {}

Result<std::unique_ptr<PrefixHash>> PrefixHash::begin(const Fd& file) {
  std::unique_ptr<PrefixHash> hash(new PrefixHash(file));
  hash->hash_ = HEARTH_TRY(Sha256::begin());
  PrefixHash* raw = hash.get();
  hash->thread_ = HEARTH_TRY(start_thread([raw] { raw->run(); }));
  return hash;
}

PrefixHash::~PrefixHash() {
  {
    const base::Lock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void PrefixHash::advance(std::uint64_t end) {
  const base::Lock lock(mutex_);
  if (end <= end_) return;
  end_ = end;
  // A wake-up for every piece that arrives would cost more than the hashing.
  if (end_ - hashed_ >= kBlockBytes) changed_.notify_all();
}

void PrefixHash::restart() {
  const base::Lock lock(mutex_);
  end_ = 0;
  hashed_ = 0;
  ++restarts_;
  closed_ = false;
}

void PrefixHash::close() {
  const base::Lock lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

std::uint64_t PrefixHash::hashed_bytes() const {
  const base::Lock lock(mutex_);
  return hashed_;
}

std::optional<Result<std::string>> PrefixHash::outcome() const {
  const base::Lock lock(mutex_);
  return outcome_;
}

void PrefixHash::wait(base::TimePoint deadline) {
  const base::Lock lock(mutex_);
  while (!outcome_ && changed_.wait_until(mutex_, deadline)) {
  }
}

void PrefixHash::run() {
  while (wait_for_work()) {
    const Result<void> done = read_some();
    if (done) continue;
    const base::Lock lock(mutex_);
    outcome_ = fail(done.error());
    break;
  }
  changed_.notify_all();
}

// False when the thread is to end, with the digest or without. After a restart it begins anew.
bool PrefixHash::wait_for_work() {
  const base::Lock lock(mutex_);
  while (!stop_) {
    if (restarts_ != generation_) {
      generation_ = restarts_;
      auto hash = Sha256::begin();
      if (!hash) {
        outcome_ = fail(hash.error());
        return false;
      }
      hash_ = *std::move(hash);
      at_ = 0;
    }
    if (end_ - at_ >= kBlockBytes || (closed_ && end_ > at_)) return true;
    if (closed_) {
      outcome_ = (*std::move(hash_)).finish();
      return false;
    }
    changed_.wait(mutex_);
  }
  return false;
}

Result<void> PrefixHash::read_some() {
  std::size_t wanted = 0;
  {
    const base::Lock lock(mutex_);
    if (generation_ != restarts_) return {};
    wanted = static_cast<std::size_t>(std::min<std::uint64_t>(end_ - at_, block_.size()));
  }
  const ssize_t size = ::pread(file_.get(), block_.data(), wanted, static_cast<off_t>(at_));
  if (size < 0 && errno == EINTR) return {};
  if (size < 0) return fail(base::errno_error(errno, "cannot read what was downloaded"));
  if (size == 0)
    return fail(Code::kUnavailable, "the part of a download was cut while it was written");
  // After a restart these may be bytes of the one or the other; then all of it is thrown away.
  hash_->add({block_.data(), static_cast<std::size_t>(size)});
  at_ += static_cast<std::uint64_t>(size);
  const base::Lock lock(mutex_);
  if (generation_ == restarts_) hashed_ = at_;
  return {};
}

}  // namespace hearth::store
