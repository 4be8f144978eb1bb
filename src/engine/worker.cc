#include "engine/worker.h"

#include <utility>

#include "engine/limits.h"

namespace hearth::engine {

Worker::Worker() : thread_([this] { run(); }) {}

Worker::~Worker() {
  stop();
}

bool Worker::post(std::size_t bytes, Job job) {
  return take(bytes, std::move(job), Turn::kLast);
}

bool Worker::post_first(std::size_t bytes, Job job) {
  return take(bytes, std::move(job), Turn::kNext);
}

bool Worker::take(std::size_t bytes, Job job, Turn turn) {
  {
    const base::Lock lock(mutex_);
    if (bytes_ + bytes > kQueuedBytesMax) return false;
    bytes_ += bytes;
    jobs_.insert(turn == Turn::kNext ? jobs_.begin() : jobs_.end(), Entry{bytes, std::move(job)});
  }
  wake_.notify_one();
  return true;
}

void Worker::stop() {
  {
    const base::Lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::optional<Worker::Entry> Worker::next() {
  const base::Lock lock(mutex_);
  while (!stopping_ && jobs_.empty())
    wake_.wait(mutex_);
  if (jobs_.empty()) return std::nullopt;
  std::optional<Entry> entry(std::move(jobs_.front()));
  jobs_.pop_front();
  return entry;
}

void Worker::run() {
  while (const auto entry = next()) {
    entry->job();
    const base::Lock lock(mutex_);
    bytes_ -= entry->bytes;
  }
}

}  // namespace hearth::engine
