#include "store/pull/part_lock.h"

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "store/pull/testing/download_place.h"

namespace hearth::store {
namespace {

using testing::Act;
using testing::DownloadPlace;
using testing::FaultyWeb;
using testing::noise;
using Step = BlobProgress::Step;

TEST(PartLock, IsHeldByOneAndGoesWithItsFile) {
  const base::testing::TemporaryFolder folder;
  const std::string path = folder.file("lock");
  {
    const auto held = *PartLock::try_take(path);
    ASSERT_TRUE(held.has_value());
    EXPECT_FALSE(PartLock::try_take(path)->has_value());
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(PartLock::try_take(path)->has_value());
}

// Files come and go under everybody's feet; still there is never more than one holder.
TEST(PartLock, HasOneHolderHoweverManyComeAndGo) {
  const base::testing::TemporaryFolder folder;
  const std::string path = folder.file("lock");
  std::atomic<int> holders = 0;
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        const auto held = PartLock::try_take(path);
        ASSERT_TRUE(held.has_value());
        if (!*held) continue;
        EXPECT_EQ(++holders, 1);
        ++taken;
        std::this_thread::yield();
        --holders;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_GT(taken, 0);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(PartLock, TwoThatWantOneBlobFetchItOnce) {
  const std::string content = noise(500'000);
  DownloadPlace place(content);
  FaultyWeb web(content);
  std::atomic<bool> waited = false;
  web.before_piece = [&](std::uint64_t sent) {
    while (sent > 0 && !waited)  // the first one goes on when the second one waits
      std::this_thread::yield();
    return true;
  };
  const auto fetch = [&] {
    BlobRequest request = place.request;
    request.progress = [&](const BlobProgress& progress) {
      if (progress.step == Step::kWaiting) waited = true;
    };
    testing::QuickDisk disk;
    return fetch_blob(request, {web, disk, place.pace}, {});
  };
  Result<Blob> other = fail(Code::kInternal, "not there yet");
  std::thread thread([&] { other = fetch(); });
  const auto mine = fetch();
  thread.join();
  ASSERT_TRUE(mine.has_value() && other.has_value());
  EXPECT_EQ(place.content_of(*mine), content);
  EXPECT_EQ(web.sent_bytes(), content.size());
  EXPECT_TRUE(place.is_clean());
}

TEST(PartLock, WhoWaitsTakesTheWorkOverWhereItWasLeft) {
  const std::string content = noise(500'000);
  DownloadPlace place(content);
  place.request.options.connections = 1;
  FaultyWeb web(content);
  web.then({});
  web.then({Act::Kind::kStall, 0, ""});
  Result<Blob> first = fail(Code::kInternal, "not there yet");
  std::thread thread([&] { first = place.fetch(web); });
  web.wait_for_stalls(1);
  BlobRequest request = place.request;
  request.progress = [&](const BlobProgress& progress) {
    if (progress.step == Step::kWaiting) place.cancel.cancel();  // the other one
  };
  testing::QuickDisk disk;
  const auto second = fetch_blob(request, {web, disk, place.pace}, {});
  thread.join();
  EXPECT_EQ(first.error().code, Code::kCancelled);
  ASSERT_TRUE(second.has_value()) << second.error().to_string();
  EXPECT_EQ(place.content_of(*second), content);
  EXPECT_EQ(web.sent_bytes(), content.size());
}

TEST(PartLock, WhoWaitsHearsTheCancellation) {
  const std::string content = noise(1000);
  DownloadPlace place(content);
  FaultyWeb web(content);
  std::filesystem::create_directories(place.paths().folder);
  const auto held = *PartLock::try_take(place.paths().lock);
  place.request.progress = [&](const BlobProgress&) { place.cancel.cancel(); };
  EXPECT_EQ(place.fetch(web).error().code, Code::kCancelled);
  EXPECT_TRUE(web.requests().empty());
}

}  // namespace
}  // namespace hearth::store
