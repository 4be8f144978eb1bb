// A thread that does jobs in the order they came: what may take long and must hold up neither the
// socket nor the steps of the model, which today is turning text into tokens.
//
// Threads:    post is thread-safe.
// Invariants: every job that was taken is done, also when the worker stops.
// Limits:     kQueuedBytesMax of text in all jobs that wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace hearth::engine {

class Worker {
 public:
  using Job = std::function<void()>;

  Worker();
  ~Worker();
  // False, and the job is not taken, when too many bytes wait already.
  bool post(std::size_t bytes, Job job);
  // Does what was taken, and then nothing more; posting after this is the caller's mistake.
  void stop();

 private:
  struct Entry {
    std::size_t bytes;
    Job job;
  };
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> jobs_;  // guarded by mutex_
  std::size_t bytes_ = 0;   // guarded by mutex_
  bool stopping_ = false;   // guarded by mutex_
  std::thread thread_;
};

}  // namespace hearth::engine
