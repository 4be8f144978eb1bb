// A few threads that help the engine's own with many small, equal pieces of work, and sleep in
// between.
//
// Threads: run() by one thread at a time, which does its part of the work and returns when all is
//          done.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace hearth::engine {

class Crew {
 public:
  explicit Crew(std::uint32_t helpers);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Calls piece(0) … piece(count - 1), each once, in no order and on any of the threads.
  void run(std::size_t count, const std::function<void(std::size_t)>& piece);

 private:
  struct Job {
    const std::function<void(std::size_t)>* piece = nullptr;
    std::size_t count = 0;
    std::uint64_t number = 0;
  };
  void help();
  void work(const Job& job);

  base::Mutex mutex_;
  base::Condition wake_;
  base::Condition done_;
  Job job_ GUARDED_BY(mutex_);
  std::size_t busy_ GUARDED_BY(mutex_) = 0;  // helpers at this job
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace hearth::engine
