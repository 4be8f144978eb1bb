#include "engine/worker.h"

#include <atomic>
#include <future>
#include <vector>

#include <gmock/gmock.h>

#include "engine/limits.h"

namespace hearth::engine {
namespace {

TEST(Worker, DoesWhatManyThreadsPostAndAllOfItBeforeItStops) {
  std::atomic<int> taken = 0;
  int done = 0;  // only the worker's thread touches it, until it has stopped
  {
    Worker worker;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int job = 0; job < 500; ++job)
          taken += worker.post(100, [&done] { ++done; }) ? 1 : 0;
      });
    }
    for (std::thread& thread : threads)
      thread.join();
  }
  EXPECT_EQ(taken, 2000);
  EXPECT_EQ(done, 2000);
}

TEST(Worker, DoesWhatIsUrgentBeforeWhatWaits) {
  std::vector<int> done;  // only the worker's thread touches it, until it has stopped
  {
    Worker worker;
    std::promise<void> begin;
    worker.post(0, [begun = begin.get_future().share()] { begun.wait(); });
    worker.post(0, [&done] { done.push_back(1); });
    worker.post(0, [&done] { done.push_back(2); });
    worker.post_first(0, [&done] { done.push_back(3); });
    begin.set_value();
  }
  // The first may have begun only after the urgent one came; then that was before it.
  EXPECT_THAT(done, testing::ElementsAre(3, 1, 2));
}

TEST(Worker, TakesNoMoreThanItsBytes) {
  Worker worker;
  EXPECT_FALSE(worker.post(kQueuedBytesMax + 1, [] {}));
  EXPECT_TRUE(worker.post(kQueuedBytesMax, [] {}));
}

}  // namespace
}  // namespace hearth::engine
