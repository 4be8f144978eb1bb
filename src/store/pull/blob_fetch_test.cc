#include "store/pull/blob_fetch.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/pull/journal_text.h"
#include "store/pull/testing/download_place.h"

namespace hearth::store {
namespace {

using testing::Act;
using ::testing::AllOf;
using testing::digest_of;
using testing::DownloadPlace;
using ::testing::Each;
using testing::FaultyWeb;
using ::testing::HasSubstr;
using testing::noise;
using Step = BlobProgress::Step;

// An odd size of several ranges.
const std::string& content() {
  static const std::string bytes = noise(700'001);
  return bytes;
}

std::uint64_t range_count() {
  return (content().size() + 64 * 1024 - 1) / (64 * 1024);
}

TEST(BlobFetch, FetchesAFileInRangesAndGivesItItsName) {
  DownloadPlace place(content());
  place.request.authorization = "Bearer key";
  FaultyWeb web(content());
  const auto blob = place.fetch(web);
  ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
  EXPECT_EQ(blob->digest, digest_of(content()));
  EXPECT_EQ(blob->size_bytes, content().size());
  EXPECT_EQ(place.content_of(*blob), content());
  EXPECT_TRUE(place.is_clean());
  EXPECT_EQ(web.requests().size(), range_count());
  EXPECT_EQ(web.sent_bytes(), content().size());
  for (const auto& request : web.requests()) {
    EXPECT_EQ(request.url, place.request.file.url);
    EXPECT_EQ(request.authorization, "Bearer key");
  }
  // The first one asks for what there is; the others hold it against that.
  EXPECT_EQ(net::find_header(web.requests()[0].headers, "If-Range"), nullptr);
  EXPECT_EQ(*net::find_header(web.requests()[1].headers, "If-Range"), web.tag);
}

class CountingDisk : public testing::QuickDisk {
 public:
  int write(int fd, std::string_view bytes, std::uint64_t at) override {
    ++writes_;
    return QuickDisk::write(fd, bytes, at);
  }
  int writes() const { return writes_; }

 private:
  std::atomic<int> writes_ = 0;
};

// Of as much as libcurl gives at once, while more is there.
TEST(BlobFetch, ManyPiecesAreWrittenTogether) {
  for (const bool has_ranges : {true, false}) {
    DownloadPlace place(content());
    place.request.options.range_bytes = content().size();
    FaultyWeb web(content());
    web.has_ranges = has_ranges;
    web.piece_bytes = 16 * 1024;
    CountingDisk disk;
    const auto blob = place.fetch(web, disk);
    ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
    EXPECT_EQ(place.content_of(*blob), content());
    EXPECT_LE(disk.writes(), 6);  // of 43 pieces
  }
}

TEST(BlobFetch, WhatWasGatheredBeforeABreakIsKept) {
  DownloadPlace place(content());
  place.request.options.range_bytes = content().size();
  place.request.options.connections = 1;
  FaultyWeb web(content());
  web.piece_bytes = 16 * 1024;
  web.then({Act::Kind::kCut, 81'920, ""});
  const auto blob = place.fetch(web);
  ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
  EXPECT_EQ(place.content_of(*blob), content());
  EXPECT_EQ(web.sent_bytes(), content().size());
}

TEST(BlobFetch, AFileOfOneByteIsAFile) {
  DownloadPlace place("x");
  FaultyWeb web("x");
  EXPECT_EQ(place.content_of(*place.fetch(web)), "x");
}

TEST(BlobFetch, WhatIsThereIsNotFetched) {
  DownloadPlace place(content());
  FaultyWeb web(content());
  ASSERT_TRUE(place.fetch(web).has_value());
  const auto requests = web.requests().size();
  EXPECT_EQ(place.fetch(web)->digest, digest_of(content()));
  place.request.file.size_bytes = 0;
  EXPECT_EQ(place.fetch(web)->size_bytes, content().size());
  EXPECT_EQ(web.requests().size(), requests);
  // One that was damaged is moved aside, and one that was cut is none.
  const std::string blob = place.blob_file(digest_of(content()));
  std::fstream(blob, std::ios::in | std::ios::out | std::ios::binary) << "X";
  EXPECT_EQ(place.content_of(*place.fetch(web)), content());
  EXPECT_TRUE(std::filesystem::exists(blob + ".damaged"));
  std::filesystem::resize_file(place.blob_file(digest_of(content())), 5);
  place.request.file.size_bytes = content().size();
  EXPECT_EQ(place.content_of(*place.fetch(web)), content());
}

TEST(BlobFetch, WithoutAPromiseWhatArrivesNamesTheBlob) {
  DownloadPlace place(content());
  place.request.file.digest.reset();
  place.request.file.size_bytes = 0;
  FaultyWeb web(content());
  const auto blob = place.fetch(web);
  ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
  EXPECT_EQ(blob->digest, digest_of(content()));
  EXPECT_EQ(place.content_of(*blob), content());
  EXPECT_TRUE(place.is_clean());
}

TEST(BlobFetch, AServerWithoutRangesIsReadInOneGo) {
  for (const bool says_length : {true, false}) {
    DownloadPlace place(content());
    if (!says_length) place.request.file.size_bytes = 0;
    FaultyWeb web(content());
    web.has_ranges = false;
    web.says_length = says_length;
    const auto blob = place.fetch(web);
    ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
    EXPECT_EQ(place.content_of(*blob), content());
    EXPECT_EQ(web.requests().size(), 1U);
    EXPECT_TRUE(place.is_clean());
  }
}

TEST(BlobFetch, OneGoThatBreaksBeginsAgainAndMovingOnCounts) {
  DownloadPlace place(content());
  place.request.options.attempts = 2;
  FaultyWeb web(content());
  web.has_ranges = false;
  for (const std::uint64_t reached : {100'000, 200'000, 300'000, 400'000})
    web.then({Act::Kind::kCut, reached, ""});
  const auto blob = place.fetch(web);
  ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
  EXPECT_EQ(place.content_of(*blob), content());
  EXPECT_FALSE(web.requests().back().range.has_value());
}

TEST(BlobFetch, WhatCannotBeGoneOnWithIsNotLeft) {
  DownloadPlace place(content());
  place.request.options.attempts = 1;
  FaultyWeb web(content());
  web.has_ranges = false;
  web.then({Act::Kind::kCut, 300'000, ""});
  EXPECT_EQ(place.fetch(web).error().code, Code::kUnavailable);
  EXPECT_TRUE(place.is_clean());
}

TEST(BlobFetch, ARangeThatBreaksGoesOnFromWhereItWas) {
  DownloadPlace place(content());
  place.request.options.connections = 1;
  FaultyWeb web(content());
  web.then({Act::Kind::kCut, 10'000, ""});
  web.then({Act::Kind::kFinishEarly, 5'000, ""});
  web.then({Act::Kind::kNarrow, 999, ""});
  const auto blob = place.fetch(web);
  ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
  EXPECT_EQ(place.content_of(*blob), content());
  EXPECT_EQ(web.sent_bytes(), content().size());
  EXPECT_EQ(web.requests()[1].range->first, 10'000U);
}

TEST(BlobFetch, WhatPassesIsTriedAgainAndOnlySoOften) {
  DownloadPlace place(content());
  place.request.options.connections = 1;
  FaultyWeb web(content());
  for (const int status : {503, 429, 500, 408, 504})
    web.then({Act::Kind::kStatus, static_cast<std::uint64_t>(status), ""});
  EXPECT_TRUE(place.fetch(web).has_value());

  DownloadPlace other(content());
  other.request.options.connections = 1;
  for (int i = 0; i < 6; ++i)
    web.then({Act::Kind::kStatus, 503, ""});
  const auto before = web.requests().size();
  const auto failed = other.fetch(web);
  EXPECT_EQ(failed.error().code, Code::kUnavailable);
  EXPECT_THAT(failed.error().message, AllOf(HasSubstr("503"), HasSubstr("6 attempts")));
  EXPECT_EQ(web.requests().size(), before + 6);
  EXPECT_TRUE(other.is_clean());
}

TEST(BlobFetch, WhatDoesNotPassIsSaidAtOnce) {
  for (const auto& [act, code] :
       std::vector<std::pair<Act, Code>>{{{Act::Kind::kStatus, 401, ""}, Code::kUnauthenticated},
                                         {{Act::Kind::kStatus, 403, ""}, Code::kPermissionDenied},
                                         {{Act::Kind::kStatus, 404, ""}, Code::kNotFound},
                                         {{Act::Kind::kRefuse, 0, ""}, Code::kPermissionDenied},
                                         {{Act::Kind::kSaySize, 5, ""}, Code::kCorrupt},
                                         {{Act::Kind::kSaySize, 1ULL << 60, ""}, Code::kCorrupt},
                                         {{Act::Kind::kShifted, 1, ""}, Code::kUpstream},
                                         {{Act::Kind::kTooLong, 1, ""}, Code::kUpstream},
                                         {{Act::Kind::kPacked, 0, ""}, Code::kUpstream}}) {
    DownloadPlace place(content());
    FaultyWeb web(content());
    web.then(act);
    const auto failed = place.fetch(web);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, code) << failed.error().to_string();
  }
}

TEST(BlobFetch, AWrongDigestIsCorruptAndNothingIsLeft) {
  DownloadPlace place(content());
  place.request.file.digest = digest_of("another");
  FaultyWeb web(content());
  const auto failed = place.fetch(web);
  EXPECT_EQ(failed.error().code, Code::kCorrupt);
  EXPECT_THAT(failed.error().message, AllOf(HasSubstr(digest_of("another").text()),
                                            HasSubstr(digest_of(content()).text())));
  EXPECT_TRUE(place.is_clean());
  EXPECT_FALSE(std::filesystem::exists(place.blob_file(digest_of("another"))));
}

TEST(BlobFetch, AByteThatFlipsOnTheWayIsFound) {
  DownloadPlace place(content());
  FaultyWeb web(content());
  web.then({Act::Kind::kServe, 0, ""});
  web.then({Act::Kind::kFlipped, 3, ""});
  EXPECT_EQ(place.fetch(web).error().code, Code::kCorrupt);
  EXPECT_TRUE(place.is_clean());
  EXPECT_EQ(place.content_of(*place.fetch(web)), content());
}

TEST(BlobFetch, AfterAFailureOnlyTheRestIsFetched) {
  DownloadPlace place(content());
  place.request.options.attempts = 1;
  place.request.options.connections = 1;
  FaultyWeb web(content());
  for (int i = 0; i < 4; ++i)
    web.then({});
  web.then({Act::Kind::kCut, 1234, ""});
  EXPECT_EQ(place.fetch(web).error().code, Code::kUnavailable);
  EXPECT_TRUE(place.has_part());
  EXPECT_TRUE(place.has_journal());
  const auto blob = place.fetch(web);
  ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
  EXPECT_EQ(place.content_of(*blob), content());
  EXPECT_EQ(web.sent_bytes(), content().size());
  EXPECT_TRUE(place.is_clean());
}

// Leaves a part of which the first range is there.
void begin(DownloadPlace& place, FaultyWeb& web) {
  place.request.options.connections = 1;
  web.then({});
  web.then({Act::Kind::kStatus, 404, ""});
  ASSERT_EQ(place.fetch(web).error().code, Code::kNotFound);
  ASSERT_TRUE(place.has_journal());
}

TEST(BlobFetch, WhatWasLeftIsHashedAgainAndNeverTrusted) {
  DownloadPlace place(content());
  FaultyWeb web(content());
  begin(place, web);
  std::fstream(place.paths().part, std::ios::in | std::ios::out) << "damaged";
  EXPECT_EQ(place.fetch(web).error().code, Code::kCorrupt);
  EXPECT_TRUE(place.is_clean());
}

TEST(BlobFetch, AWrongSizeOnTheWayCostsNothingThatIsThere) {
  DownloadPlace place(content());
  FaultyWeb web(content());
  begin(place, web);
  web.then({Act::Kind::kSaySize, 99, ""});
  EXPECT_EQ(place.fetch(web).error().code, Code::kCorrupt);
  EXPECT_EQ(place.content_of(*place.fetch(web)), content());
  EXPECT_EQ(web.sent_bytes(), content().size());
}

TEST(BlobFetch, APartThatIsNotAsLongAsItsJournalSaysIsBegunAnew) {
  DownloadPlace place(content());
  FaultyWeb web(content());
  begin(place, web);
  std::filesystem::resize_file(place.paths().part, content().size() - 1);
  EXPECT_EQ(place.content_of(*place.fetch(web)), content());
}

TEST(BlobFetch, AnotherFileByNowIsBegunAnew) {
  DownloadPlace place(content());
  place.request.file.digest.reset();
  place.request.file.size_bytes = 0;
  FaultyWeb web(content());
  begin(place, web);
  const std::string newer = noise(content().size(), 2);
  web.replace(newer, "\"two\"");
  const auto blob = place.fetch(web);
  ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
  EXPECT_EQ(place.content_of(*blob), newer);

  begin(place, web);
  web.replace(content() + "x", "\"three\"");
  EXPECT_EQ(place.content_of(*place.fetch(web)), content() + "x");
}

TEST(BlobFetch, AFileThatKeepsChangingIsGivenUp) {
  DownloadPlace place(content());
  place.request.file.digest.reset();
  place.request.options.connections = 1;
  FaultyWeb web(content());
  for (const char* tag : {"\"1\"", "\"2\"", "\"3\"", "\"4\""})
    web.then({Act::Kind::kNewTag, 0, tag});
  const auto failed = place.fetch(web);
  EXPECT_EQ(failed.error().code, Code::kUnavailable);
  EXPECT_THAT(failed.error().message, HasSubstr("changes"));
  EXPECT_TRUE(place.is_clean());
}

TEST(BlobFetch, WhereADigestIsPromisedManyTagsDoNoHarm) {
  DownloadPlace place(content());
  FaultyWeb web(content());
  for (int i = 0; i < 40; ++i)
    web.then({Act::Kind::kNewTag, 0, "\"" + std::to_string(i) + "\""});
  const auto blob = place.fetch(web);
  ASSERT_TRUE(blob.has_value()) << blob.error().to_string();
  EXPECT_EQ(place.content_of(*blob), content());
}

TEST(BlobFetch, WithoutDigestAndTagNothingIsGoneOnWith) {
  DownloadPlace place(content());
  place.request.file.digest.reset();
  place.request.options.connections = 1;
  FaultyWeb web(content());
  web.tag = "";
  web.then({});
  web.then({Act::Kind::kStatus, 404, ""});
  EXPECT_EQ(place.fetch(web).error().code, Code::kNotFound);
  EXPECT_TRUE(place.is_clean());
}

TEST(BlobFetch, ADateDoesWhereThereIsNoTag) {
  DownloadPlace place(content());
  place.request.file.digest.reset();
  FaultyWeb web(content());
  web.tag = "";
  web.last_modified = "Wed, 21 Oct 2026 07:28:00 GMT";
  begin(place, web);
  EXPECT_EQ(place.content_of(*place.fetch(web)), content());
  EXPECT_EQ(web.sent_bytes(), content().size());
}

TEST(BlobFetch, ACancelledDownloadEndsAndCanBeGoneOnWith) {
  DownloadPlace place(content());
  FaultyWeb web(content());
  web.then({});
  for (int i = 0; i < 3; ++i)
    web.then({Act::Kind::kStall, 0, ""});
  std::thread other([&] {
    web.wait_for_stalls(3);
    place.cancel.cancel();
  });
  const auto cancelled = place.fetch(web);
  other.join();
  EXPECT_EQ(cancelled.error().code, Code::kCancelled);
  EXPECT_TRUE(place.has_journal());
  place.cancel = base::CancelSource();
  EXPECT_EQ(place.content_of(*place.fetch(web)), content());
  EXPECT_EQ(web.sent_bytes(), content().size());
}

TEST(BlobFetch, APauseHearsTheCancellation) {
  DownloadPlace place(content());
  place.request.options.first_pause_ms = 30'000;
  FaultyWeb web(content());
  web.then({Act::Kind::kStatus, 503, "100"});
  place.request.progress = [&](const BlobProgress& progress) {
    if (progress.step != Step::kRetrying) return;
    EXPECT_THAT(progress.problem, HasSubstr("503"));
    EXPECT_GT(progress.retry_in_ms, 90'000);
    place.cancel.cancel();
  };
  EXPECT_EQ(place.fetch(web).error().code, Code::kCancelled);
}

TEST(BlobFetch, OneThatFailsForGoodEndsThemAll) {
  DownloadPlace place(content());
  FaultyWeb web(content());
  web.then({});
  web.then({Act::Kind::kStall, 0, ""});
  web.then({Act::Kind::kStall, 0, ""});
  web.then({Act::Kind::kStatus, 404, ""});
  EXPECT_EQ(place.fetch(web).error().code, Code::kNotFound);
}

TEST(BlobFetch, TellsHowFarItIsFromOneThread) {
  DownloadPlace place(content());
  FaultyWeb web(content());
  std::vector<BlobProgress> told;
  const auto here = std::this_thread::get_id();
  place.request.progress = [&](const BlobProgress& progress) {
    EXPECT_EQ(std::this_thread::get_id(), here);
    told.push_back(progress);
  };
  ASSERT_TRUE(place.fetch(web).has_value());
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().step, Step::kChecking);
  EXPECT_EQ(told.back().done_bytes, content().size());
  EXPECT_EQ(told.back().size_bytes, content().size());
}

TEST(BlobFetch, OffersThatCannotBeAreRefused) {
  DownloadPlace place(content());
  FaultyWeb web(content());
  place.request.file.size_bytes = kFileBytesMax + 1;
  EXPECT_EQ(place.fetch(web).error().code, Code::kUpstream);
  place.request.file.url.clear();
  place.request.file.size_bytes = 1;
  EXPECT_EQ(place.fetch(web).error().code, Code::kInvalidArgument);
  EXPECT_TRUE(web.requests().empty());
}

}  // namespace
}  // namespace hearth::store
