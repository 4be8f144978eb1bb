// A mutex whose users the compiler checks: what is GUARDED_BY it is touched only under it, which
// clang's -Wthread-safety proves at every build of the preset `clang`.
//
//   Mutex mutex_;
//   Condition changed_;
//   int count_ GUARDED_BY(mutex_) = 0;
//
//   const Lock lock(mutex_);
//   while (count_ == 0) changed_.wait(mutex_);
//
// Threads: thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>

#include "base/clock.h"

#if defined(__clang__)
#define HEARTH_THREADS(attribute) __attribute__((attribute))
#else
#define HEARTH_THREADS(attribute)
#endif
#define GUARDED_BY(mutex) HEARTH_THREADS(guarded_by(mutex))
#define REQUIRES_LOCK(mutex) HEARTH_THREADS(requires_capability(mutex))

namespace hearth::base {

class HEARTH_THREADS(capability("mutex")) Mutex {
 public:
  void lock() HEARTH_THREADS(acquire_capability()) HEARTH_THREADS(no_thread_safety_analysis) {
    mutex_.lock();
  }
  void unlock() HEARTH_THREADS(release_capability()) HEARTH_THREADS(no_thread_safety_analysis) {
    mutex_.unlock();
  }

 private:
  friend class Condition;
  std::mutex mutex_;
};

// Holds it while it lives.
class HEARTH_THREADS(scoped_lockable) Lock {
 public:
  explicit Lock(Mutex& mutex) HEARTH_THREADS(acquire_capability(mutex)) : mutex_(mutex) {
    mutex.lock();
  }
  ~Lock() HEARTH_THREADS(release_capability()) { mutex_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits may end without cause: ask again what was waited for.
class Condition {
 public:
  void wait(Mutex& mutex) REQUIRES_LOCK(mutex) {
    std::unique_lock held(mutex.mutex_, std::adopt_lock);
    condition_.wait(held);
    held.release();
  }
  // False when the deadline has passed.
  bool wait_until(Mutex& mutex, TimePoint deadline) REQUIRES_LOCK(mutex) {
    std::unique_lock held(mutex.mutex_, std::adopt_lock);
    const bool in_time = condition_.wait_until(held, deadline) == std::cv_status::no_timeout;
    held.release();
    return in_time;
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace hearth::base
