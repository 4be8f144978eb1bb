#include "cli/sse_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::cli {
namespace {

std::vector<SseEvent> read(std::string_view text) {
  SseReader reader;
  return *reader.feed(text);
}

TEST(SseReader, ReadsEventsWithAnyLineEnding) {
  const std::vector<SseEvent> expected{{"message", "one", ""}, {"message", "two", ""}};
  EXPECT_EQ(read("data: one\n\ndata: two\n\n"), expected);
  EXPECT_EQ(read("data: one\r\n\r\ndata: two\r\n\r\n"), expected);
  EXPECT_EQ(read("data: one\r\rdata: two\r\r"), expected);
}

TEST(SseReader, KnowsTypesIdsCommentsAndSeveralDataLines) {
  const auto events =
      read(": keep alive\n\nevent: done\nid: 7\nretry: 5\ndata:a\ndata:  b\ndata\n\n");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0], (SseEvent{"done", "a\n b\n", "7"}));
}

TEST(SseReader, AnEventWithoutItsEmptyLineIsNoEvent) {
  EXPECT_TRUE(read("data: cut off\n").empty());
  EXPECT_TRUE(read("event: x\n\n").empty());
}

TEST(SseReader, AnEventWithoutEndIsRefused) {
  SseReader reader;
  EXPECT_TRUE(reader.feed("data: x"));
  EXPECT_FALSE(reader.feed(std::string(kSseEventBytesMax, 'x')));
}

RC_GTEST_PROP(SseReader, DoesNotCareHowTheBytesAreCut, ()) {
  const std::string text =
      "data: one\r\n\r\n:c\nevent: e\r\rdata: two\ndata: three\r\n\r\ndata: last\n\n";
  const std::size_t size = *rc::gen::inRange<std::size_t>(1, text.size());
  SseReader reader;
  std::vector<SseEvent> events;
  for (std::size_t at = 0; at < text.size(); at += size) {
    const auto some = reader.feed(std::string_view(text).substr(at, size));
    events.insert(events.end(), some->begin(), some->end());
  }
  RC_ASSERT(events == read(text));
}

}  // namespace
}  // namespace hearth::cli
