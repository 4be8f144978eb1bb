// Work of the store that takes long and that somebody waits for: each on a thread of its own, and
// what it tells comes to the loop. Who leaves calls his work off.
//
// Ownership: borrows the loop. Its end calls off what runs, and waits for it.
// Threads:   confined to the loop.
// Errors:    kResourceExhausted beyond kLongWorkMax.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/hearth/control.h"
#include "base/cancellation.h"

namespace hearth {

inline constexpr std::size_t kLongWorkMax = 4;  // at once

class LongWork {
 public:
  template <typename Progress, typename End>
  using Work = std::function<Result<End>(std::function<void(const Progress&)> tell,
                                         const base::CancelToken& cancel)>;

  explicit LongWork(boost::asio::io_context& loop) : loop_(loop) {}
  ~LongWork() { call_off_all(); }
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;

  // The result is for leaving: then nothing is told any more.
  template <typename Progress, typename End>
  Result<CallOff> start(Work<Progress, End> work, api::Ears<Progress, End> ears) {
    const std::shared_ptr<Job> job = HEARTH_TRY(begin());
    const auto shared_ears = std::make_shared<api::Ears<Progress, End>>(std::move(ears));
    const auto tell = [this, job, shared_ears](const Progress& progress) {
      boost::asio::post(loop_, [job, shared_ears, progress] {
        if (job->listens) shared_ears->progress(progress);
      });
    };
    boost::asio::post(threads_, [this, job, shared_ears, tell, work = std::move(work)] {
      boost::asio::post(loop_, [this, job, shared_ears, result = work(tell, job->cancel.token())] {
        jobs_.erase(job);
        if (job->listens) shared_ears->done(result);
      });
    });
    return [job] {
      job->listens = false;
      job->cancel.cancel();
    };
  }

  std::size_t running() const { return jobs_.size(); }
  // Whoever listens is told, soon, that his work was called off.
  void call_off_all();

 private:
  struct Job {
    base::CancelSource cancel;
    bool listens = true;
  };
  Result<std::shared_ptr<Job>> begin();

  boost::asio::io_context& loop_;
  std::set<std::shared_ptr<Job>> jobs_;
  boost::asio::thread_pool threads_{kLongWorkMax};
};

}  // namespace hearth
