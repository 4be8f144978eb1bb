// A thread that does jobs in the order they came, or the urgent ones first: what may take long and
// must hold up neither the socket nor the steps of the model, as turning text into tokens, or
// reading and writing files.
//
// Threads:    post is thread-safe.
// Invariants: every job that was taken is done, also when the worker stops.
// Limits:     kQueuedBytesMax of text in all jobs that wait.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <thread>

#include "base/mutex.h"

namespace hearth::engine {

class Worker {
 public:
  using Job = std::function<void()>;

  Worker();
  ~Worker();
  // False, and the job is not taken, when too many bytes wait already.
  bool post(std::size_t bytes, Job job);
  // The same, before all that wait.
  bool post_first(std::size_t bytes, Job job);
  // Does what was taken, and then nothing more; posting after this is the caller's mistake.
  void stop();

 private:
  struct Entry {
    std::size_t bytes;
    Job job;
  };
  enum class Turn : bool { kLast, kNext };
  bool take(std::size_t bytes, Job job, Turn turn);
  void run();
  std::optional<Entry> next();

  base::Mutex mutex_;
  base::Condition wake_;
  std::deque<Entry> jobs_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace hearth::engine
