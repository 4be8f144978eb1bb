#include "store/pull/part_lock.h"

#include <unistd.h>

namespace hearth::store {

namespace {

constexpr int kTriesMax = 100;  // each lost one is a holder that has come and gone meanwhile

}  // namespace

// Whoever opened the file before its holder removed it gets the lock of a file without a name,
// which keeps nobody away.
Result<std::optional<PartLock>> PartLock::try_take(const std::string& path) {
  for (int i = 0; i < kTriesMax; ++i) {
    auto lock = base::FileLock::try_acquire(path);
    if (!lock && lock.error().code == Code::kAlreadyExists) break;
    if (!lock) return fail(lock.error());
    if (lock->is_of(path)) return PartLock(path, *std::move(lock));
  }
  return std::optional<PartLock>();
}

PartLock::~PartLock() {
  if (lock_ && lock_->is_of(path_)) ::unlink(path_.c_str());
}

}  // namespace hearth::store
