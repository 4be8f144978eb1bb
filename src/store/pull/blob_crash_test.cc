// Processes that are killed while they download, and what another one finds then.
#include <atomic>
#include <csignal>

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"
#include "store/pull/testing/download_place.h"

namespace hearth::store {
namespace {

using testing::DownloadPlace;
using testing::FaultyWeb;
using testing::noise;

constexpr std::uint64_t kSize = 700'001;
constexpr std::uint64_t kFirstMoment = 200'000;  // from here on something has to be in the journal
constexpr int kMoments = 20;

const std::string& content() {
  static const std::string bytes = noise(kSize);
  return bytes;
}

// Counts what it was made to sync; at one moment it says so and waits for its end.
class LastMoment : public Disk {
 public:
  // So many syncs are needed until something is kept: a journal's header where there is none yet,
  // then bytes, and then a record of them.
  LastMoment(int tell, int needed) : tell_(tell), needed_(needed) {}

  int sync(int fd) override {
    if (all_arrived_ && something_is_kept()) reach();
    const int error = Disk::sync(fd);
    ++syncs_;
    return error;
  }
  bool something_is_kept() const { return syncs_ >= needed_; }
  void all_arrived() { all_arrived_ = true; }
  void reach() {
    const char word = '!';
    if (::write(tell_, &word, 1) != 1) ::_exit(1);
    while (true)
      ::pause();
  }

 private:
  int tell_;
  int needed_;
  std::atomic<int> syncs_ = 0;
  std::atomic<bool> all_arrived_ = false;
};

// At which byte it is to be killed; kSize: when the whole part is made safe, before it is a blob.
[[noreturn]] void download_until_killed(const std::string& folder, std::uint64_t moment, int tell) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  DownloadPlace place(content(), folder);
  place.request.options.range_bytes = 100'000;
  FaultyWeb web(content());
  LastMoment disk(tell, place.has_journal() ? 2 : 3);
  web.before_piece = [&](std::uint64_t sent) {
    if (moment == kSize && sent + web.piece_bytes >= kSize) disk.all_arrived();
    if (sent < moment) return true;
    while (!disk.something_is_kept())
      std::this_thread::yield();
    disk.reach();
    return false;
  };
  [[maybe_unused]] const auto blob = place.fetch(web, disk);
  ::_exit(2);  // it should never have come so far
}

void kill_at(const std::string& folder, std::uint64_t moment) {
  int pipe_ends[2] = {};
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const Fd reads(pipe_ends[0]);
  Fd writes(pipe_ends[1]);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) download_until_killed(folder, moment, writes.get());
  writes.reset();
  char word = 0;
  EXPECT_EQ(::read(reads.get(), &word, 1), 1) << "it ended by itself";
  ::kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
}

void go_on(const std::string& folder, std::uint64_t moment) {
  DownloadPlace place(content(), folder);
  FaultyWeb web(content());
  const auto blob = place.fetch(web);
  ASSERT_TRUE(blob.has_value()) << moment << ": " << blob.error().to_string();
  EXPECT_EQ(place.content_of(*blob), content()) << moment;
  EXPECT_LT(web.sent_bytes(), kSize) << moment;
  EXPECT_TRUE(place.is_clean()) << moment;
}

TEST(BlobCrash, KilledAtAnyMomentOnlyTheRestIsFetchedAndItIsExact) {
  for (int i = 0; i < kMoments; ++i) {
    const base::testing::TemporaryFolder folder;
    const std::uint64_t moment =
        kFirstMoment + base::random_u32() % (kSize - kFirstMoment - 20'000);
    kill_at(folder.path(), moment);
    go_on(folder.path(), moment);
  }
}

TEST(BlobCrash, KilledAgainAndAgainItStillMovesOn) {
  const base::testing::TemporaryFolder folder;
  for (const std::uint64_t moment : {200'000, 200'000})
    kill_at(folder.path(), moment);
  go_on(folder.path(), 0);
}

TEST(BlobCrash, KilledJustBeforeItIsABlobNothingIsLost) {
  const base::testing::TemporaryFolder folder;
  kill_at(folder.path(), kSize);
  go_on(folder.path(), kSize);
}

}  // namespace
}  // namespace hearth::store
