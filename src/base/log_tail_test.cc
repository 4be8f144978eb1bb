#include "base/log_tail.h"

#include <thread>

#include <gtest/gtest.h>

namespace hearth::log {
namespace {

void add(Tail& tail, int lines) {
  for (int i = 0; i < lines; ++i)
    tail.add(Level::kInfo, i, "line");
}

TEST(LogTail, KeepsTheLastLines) {
  Tail tail;
  EXPECT_TRUE(tail.after(0).empty());
  EXPECT_EQ(tail.before_last(10), 0U);
  add(tail, static_cast<int>(kTailLines) + 5);
  EXPECT_EQ(tail.last_number(), kTailLines + 5);
  const auto kept = tail.after(0);
  ASSERT_EQ(kept.size(), kTailLines);
  EXPECT_EQ(kept.front().number, 6U);
  EXPECT_EQ(tail.after(tail.before_last(3)).size(), 3U);
  EXPECT_EQ(tail.before_last(1'000'000), 5U);
}

TEST(LogTail, SaysWhereSomethingIsMissing) {
  Tail tail;
  EXPECT_FALSE(tail.missed_after(0));
  EXPECT_TRUE(tail.missed_after(1)) << "that number was never given";
  add(tail, static_cast<int>(kTailLines) + 5);
  EXPECT_TRUE(tail.missed_after(0));
  EXPECT_TRUE(tail.missed_after(4));
  EXPECT_FALSE(tail.missed_after(5));
  EXPECT_FALSE(tail.missed_after(kTailLines + 5));
  EXPECT_TRUE(tail.missed_after(kTailLines + 6));
}

TEST(LogTail, CutsALineThatIsTooLong) {
  Tail tail;
  tail.add(Level::kError, 1, std::string(kTailLineBytes * 2, 'x'));
  EXPECT_EQ(tail.after(0).front().text.size(), kTailLineBytes);
}

TEST(LogTail, TellsWhoListensUntilHeLeaves) {
  Tail tail;
  int heard = 0;
  const auto id = tail.listen([&heard] { ++heard; });
  std::thread([&tail] { add(tail, 2); }).join();
  EXPECT_EQ(heard, 2);
  tail.end();
  EXPECT_EQ(heard, 3);
  EXPECT_TRUE(tail.ended());
  tail.leave(id);
  add(tail, 1);
  EXPECT_EQ(heard, 3);
}

TEST(LogTail, OfTheProcessHasWhatIsWritten) {
  const std::uint64_t before = tail().last_number();
  warning("something odd", {{"what", "x\ny"}});
  debug("nobody wants this");
  const auto lines = tail().after(before);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines.front().level, Level::kWarning);
  EXPECT_TRUE(lines.front().text.ends_with(R"(something odd what="x\ny")")) << lines.front().text;
}

}  // namespace
}  // namespace hearth::log
