#include "engine/worker.h"

#include <utility>

#include "engine/limits.h"

namespace hearth::engine {

Worker::Worker() : thread_([this] { run(); }) {}

Worker::~Worker() {
  stop();
}

bool Worker::post(std::size_t bytes, Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (bytes_ + bytes > kQueuedBytesMax) return false;
    bytes_ += bytes;
    jobs_.push_back({bytes, std::move(job)});
  }
  wake_.notify_one();
  return true;
}

void Worker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const Entry entry = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    entry.job();
    lock.lock();
    bytes_ -= entry.bytes;
  }
}

}  // namespace hearth::engine
