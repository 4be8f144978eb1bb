#include "engine/joined_events.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

using chat::Event;
using chat::TextDelta;
using chat::ThinkingDelta;
using chat::ToolCallDelta;

TEST(JoinedEvents, PiecesOfOneTextAreOneWithTheirTokens) {
  Event first = TextDelta{"one ", 2, {{.chosen = {.bytes = "one"}}}};
  Event next = TextDelta{"two", 1, {{.chosen = {.bytes = "two"}}}};
  ASSERT_TRUE(join(first, next));
  EXPECT_EQ(std::get<TextDelta>(first).text, "one two");
  EXPECT_EQ(std::get<TextDelta>(first).tokens, 3U);
  ASSERT_EQ(std::get<TextDelta>(first).logprobs.size(), 2U);
  EXPECT_EQ(std::get<TextDelta>(first).logprobs[1].chosen.bytes, "two");

  Event thought = ThinkingDelta{"so ", 1};
  Event goes_on = ThinkingDelta{"what", 4};
  ASSERT_TRUE(join(thought, goes_on));
  EXPECT_EQ(std::get<ThinkingDelta>(thought), (ThinkingDelta{"so what", 5}));

  Event call = ToolCallDelta{1, "id", "name", "{", 1};
  Event arguments = ToolCallDelta{1, "", "", "}", 1};
  ASSERT_TRUE(join(call, arguments));
  EXPECT_EQ(std::get<ToolCallDelta>(call), (ToolCallDelta{1, "id", "name", "{}", 2}));
}

TEST(JoinedEvents, DifferentThingsStayApart) {
  const Event events[] = {TextDelta{"t", 1, {}}, ThinkingDelta{"t", 1},
                          ToolCallDelta{0, "", "", "t", 1}, ToolCallDelta{1, "", "", "t", 1},
                          chat::Warning{"t"}};
  for (std::size_t i = 0; i < std::size(events); ++i) {
    for (std::size_t j = 0; j < std::size(events); ++j) {
      if (i == j && i < 4) continue;
      Event first = events[i];
      Event next = events[j];
      EXPECT_FALSE(join(first, next)) << i << " " << j;
    }
  }
  Event first = ToolCallDelta{0, "a", "f", "{}", 1};
  Event another = ToolCallDelta{0, "b", "f", "", 1};
  EXPECT_FALSE(join(first, another));
}

TEST(JoinedEvents, AreNoLargerThanAMessageMayBe) {
  Event first = TextDelta{std::string(kJoinedBytesMax - 1, 'a'), 1, {}};
  Event next = TextDelta{"b", 1, {}};
  EXPECT_TRUE(join(first, next));
  EXPECT_FALSE(join(first, next));
}

}  // namespace
}  // namespace hearth::engine
