#include "dialogue/tool_trigger.h"

#include <gmock/gmock.h>

namespace hearth::dialogue {
namespace {

using ::testing::Optional;

std::shared_ptr<const ToolTrigger> trigger(std::vector<std::string> words,
                                           std::vector<std::string> patterns = {}) {
  return ToolTrigger::create({std::move(words), std::move(patterns)}).value();
}

// What is found when the answer comes byte by byte.
std::optional<std::size_t> find_bytewise(const ToolTrigger& trigger, std::string_view answer) {
  for (std::size_t from = 0; from < answer.size(); ++from) {
    if (const auto found = find_trigger(trigger, answer.substr(0, from + 1), from)) return found;
  }
  return std::nullopt;
}

TEST(ToolTrigger, FindsAWordThatBeganBefore) {
  const auto words = trigger({"<tool_call>", "{\"type\""});
  EXPECT_EQ(find_trigger(*words, "so <tool_cal", 0), std::nullopt);
  EXPECT_THAT(find_trigger(*words, "so <tool_call>", 12), Optional(3U));
  EXPECT_THAT(find_bytewise(*words, "so <tool_call>"), Optional(3U));
  EXPECT_EQ(find_trigger(*words, "so <tool_call>", 14 + 11), std::nullopt);
}

TEST(ToolTrigger, FindsTheEarlierOfTwo) {
  EXPECT_THAT(find_trigger(*trigger({"b", "a"}), "xxab", 0), Optional(2U));
}

TEST(ToolTrigger, BeginsAtTheGroupOfAPattern) {
  const auto patterns = trigger({}, {"<s>assistant(\\s+to)", "^\\s+to$"});
  EXPECT_THAT(find_bytewise(*patterns, "x<s>assistant to=f"), Optional(13U));
  EXPECT_THAT(find_bytewise(*patterns, " to=f"), Optional(0U));
  EXPECT_EQ(find_bytewise(*patterns, "go to=f"), std::nullopt);
}

TEST(ToolTrigger, WantsTheNameOfAToolBehindAHead) {
  const auto heads = ToolTrigger::create({.words = {},
                                          .patterns = {},
                                          .heads = {R"(\{\s*"name"\s*:\s*")"},
                                          .names = {"add", "add.all"}})
                         .value();
  EXPECT_THAT(find_bytewise(*heads, R"(so { "name": "add", "x")"), Optional(3U));
  EXPECT_THAT(find_bytewise(*heads, R"({"name":"add.all"})"), Optional(0U));
  EXPECT_EQ(find_bytewise(*heads, R"({"name":"add.al"})"), std::nullopt);
  EXPECT_EQ(find_bytewise(*heads, R"({"name":"Bob","of":{"name":"Eve"}})"), std::nullopt);
  EXPECT_THAT(find_bytewise(*heads, R"({"name":"Bob"} {"name":"add"})"), Optional(15U));
  EXPECT_EQ(find_bytewise(*heads, R"({"name":"add)"), std::nullopt);
}

TEST(ToolTrigger, LooksBackOnlySoFar) {
  const auto patterns = trigger({}, {"a[^<]*b"});
  const std::string far = "a" + std::string(3 * kPatternBytesMax, '.') + "b";
  EXPECT_EQ(find_trigger(*patterns, far, far.size() - 1), std::nullopt);
  std::string near(10'000, '.');
  near.append("a..b");
  EXPECT_THAT(find_trigger(*patterns, near, near.size() - 1), Optional(10'000U));
  EXPECT_THAT(find_trigger(*patterns, near, 0), Optional(10'000U));
}

TEST(ToolTrigger, ReadsAHugePieceInWindows) {
  // As a whole this run would take all of the stack.
  const auto patterns = trigger({}, {"x(?:x|y)*z"});
  const std::string run = "x" + std::string(1'000'000, 'y');
  EXPECT_EQ(find_trigger(*patterns, run, 0), std::nullopt);
}

TEST(ToolTrigger, RefusesAPatternThatIsNone) {
  EXPECT_FALSE(ToolTrigger::create({{}, {"(("}}));
}

}  // namespace
}  // namespace hearth::dialogue
