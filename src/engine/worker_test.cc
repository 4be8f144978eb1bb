#include "engine/worker.h"

#include <atomic>
#include <vector>

#include <gtest/gtest.h>

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

TEST(Worker, TakesNoMoreThanItsBytes) {
  Worker worker;
  EXPECT_FALSE(worker.post(kQueuedBytesMax + 1, [] {}));
  EXPECT_TRUE(worker.post(kQueuedBytesMax, [] {}));
}

}  // namespace
}  // namespace hearth::engine
