#include "engine/crew.h"

namespace hearth::engine {

Crew::Crew(std::uint32_t helpers) {
  for (std::uint32_t i = 0; i < helpers; ++i)
    threads_.emplace_back([this] { help(); });
}

Crew::~Crew() {
  {
    const base::Lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_)
    thread.join();
}

void Crew::run(std::size_t count, const std::function<void(std::size_t)>& piece) {
  Job job{&piece, count, 0};
  {
    const base::Lock lock(mutex_);
    next_ = 0;
    job.number = job_.number + 1;
    job_ = job;
  }
  if (count > 1) wake_.notify_all();
  work(job);
  const base::Lock lock(mutex_);
  job_.piece = nullptr;  // who wakes only now finds nothing to do
  while (busy_ > 0)
    done_.wait(mutex_);
}

void Crew::work(const Job& job) {
  for (std::size_t i = next_++; i < job.count; i = next_++)
    (*job.piece)(i);
}

void Crew::help() {
  std::uint64_t seen = 0;
  while (true) {
    Job job;
    {
      const base::Lock lock(mutex_);
      while (!stopping_ && (job_.piece == nullptr || job_.number == seen))
        wake_.wait(mutex_);
      if (stopping_) return;
      job = job_;
      seen = job.number;
      ++busy_;
    }
    work(job);
    {
      const base::Lock lock(mutex_);
      --busy_;
    }
    done_.notify_one();
  }
}

}  // namespace hearth::engine
