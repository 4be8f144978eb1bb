#include "fleet/model_news.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::fleet {
namespace {

using What = ModelNews::What;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(NewsBoard, WhoWasAwayGoesOnWhereHeStopped) {
  NewsBoard board;
  board.tell(What::kLoading, "a");
  board.tell(What::kReady, "a");
  board.tell(What::kRefused, "b", "it is damaged");
  const auto news = board.after(1);
  ASSERT_THAT(news, SizeIs(2));
  EXPECT_EQ(news[0].number, 2U);
  EXPECT_EQ(news[0].what, What::kReady);
  EXPECT_EQ(news[1].model, "b");
  EXPECT_EQ(news[1].detail, "it is damaged");
  EXPECT_GT(news[1].wall_ms, 0);
  EXPECT_FALSE(board.missed_after(0));
  EXPECT_FALSE(board.missed_after(3));
  EXPECT_THAT(board.after(3), IsEmpty());
}

TEST(NewsBoard, WhatIsTooOldOrOfAnotherDaemonIsMissed) {
  NewsBoard board;
  EXPECT_FALSE(board.missed_after(0));
  EXPECT_TRUE(board.missed_after(1)) << "of a daemon before this one";
  for (std::size_t i = 0; i <= kNewsKept; ++i)
    board.tell(What::kReady, "a");
  EXPECT_TRUE(board.missed_after(0));
  EXPECT_FALSE(board.missed_after(1));
  EXPECT_THAT(board.after(0), SizeIs(kNewsKept));
  EXPECT_EQ(board.last_number(), kNewsKept + 1);
}

TEST(NewsBoard, ListenersMayLeaveWhileTheyAreTold) {
  NewsBoard board;
  int heard = 0;
  NewsBoard::ListenerId second = 0;
  const NewsBoard::ListenerId first = board.listen([&] {
    ++heard;
    board.leave(second);
  });
  second = board.listen([&] { heard += 100; });
  board.tell(What::kReady, "a");
  EXPECT_EQ(heard, 1);
  board.leave(first);
  board.tell(What::kReady, "a");
  EXPECT_EQ(heard, 1);
}

TEST(NewsBoard, ItsEndIsHeard) {
  NewsBoard board;
  bool ended = false;
  board.listen([&] { ended = board.ended(); });
  board.tell(What::kReady, "a");
  EXPECT_FALSE(ended);
  board.end();
  EXPECT_TRUE(ended);
}

TEST(NewsBoard, EachKindHasAWord) {
  std::vector<std::string> words;
  for (int what = 0; what <= static_cast<int>(What::kUnpinned); ++what)
    words.emplace_back(news_word(static_cast<What>(what)));
  EXPECT_THAT(words, ::testing::ElementsAre("waiting", "loading", "ready", "leaving", "gone",
                                            "crashed", "refused", "pinned", "unpinned"));
}

}  // namespace
}  // namespace hearth::fleet
