#include "process/spawn_thread.h"

#include <system_error>
#include <thread>

#include <signal.h>
#include <unistd.h>

#include "base/mutex.h"

namespace hearth::process {

namespace {

class SpawnThread {
 public:
  SpawnThread() : owner_(::getpid()) {
    // Signals are for the program's own threads; and a child must not run their handlers.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      std::thread([this] { loop(); }).detach();
      started_ = true;
    } catch (const std::system_error&) {
      started_ = false;
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  bool is_started() const { return started_; }
  // A fork without exec leaves the thread behind in the parent.
  bool is_here() const { return owner_ == ::getpid(); }

  void run(const std::function<void()>& work) {
    const base::Lock lock(mutex_);
    work_ = &work;
    changed_.notify_all();
    while (work_ != nullptr)
      changed_.wait(mutex_);
  }

 private:
  [[noreturn]] void loop() {
    const base::Lock lock(mutex_);
    while (true) {
      while (work_ == nullptr)
        changed_.wait(mutex_);
      (*work_)();
      work_ = nullptr;
      changed_.notify_all();
    }
  }

  const pid_t owner_;
  bool started_ = false;
  base::Mutex mutex_;
  base::Condition changed_;
  const std::function<void()>* work_ GUARDED_BY(mutex_) = nullptr;
};

}  // namespace

Result<void> run_on_spawn_thread(const std::function<void()>& work) {
  static base::Mutex turn;
  static SpawnThread* thread = nullptr;  // never freed: its loop has no end
  const base::Lock lock(turn);
  if (thread == nullptr || !thread->is_started() || !thread->is_here()) thread = new SpawnThread;
  if (!thread->is_started()) {
    return fail(Code::kResourceExhausted,
                "cannot start a thread to spawn a child from; raise the limit of processes "
                "(ulimit -u) or stop others");
  }
  thread->run(work);
  return {};
}

}  // namespace hearth::process
