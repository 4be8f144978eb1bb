#include "constraint/masks.h"

#include <algorithm>
#include <bit>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::constraint {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<const Grammar> grammar_of(std::vector<Expression> bodies) {
  Rules rules;
  for (Expression& body : bodies)
    rules.rules.push_back({"r" + std::to_string(rules.rules.size()), std::move(body)});
  auto grammar = Grammar::compile(rules);
  if (!grammar) ADD_FAILURE() << grammar.error().message;
  return grammar ? *grammar : nullptr;
}

Expression letter() {
  return character({{'a', 'z'}});
}

std::vector<Token> tokens_of(const Mask& mask) {
  std::vector<Token> tokens;
  for (std::size_t place = 0; place < mask.size() * 64; ++place) {
    if ((mask[place / 64] >> (place % 64) & 1U) != 0) tokens.push_back(static_cast<Token>(place));
  }
  return tokens;
}

int count(const Mask& mask) {
  int bits = 0;
  for (const std::uint64_t word : mask)
    bits += std::popcount(word);
  return bits;
}

std::vector<Token> allowed(Masks& masks, const Matcher& matcher) {
  Mask mask;
  EXPECT_TRUE(masks.allowed(matcher, mask).has_value());
  return tokens_of(mask);
}

bool has(Masks& masks, const Matcher& matcher, Token token) {
  const std::vector<Token> tokens = allowed(masks, matcher);
  return std::find(tokens.begin(), tokens.end(), token) != tokens.end();
}

// [ … ] of strings with at most so many letters.
std::shared_ptr<const Grammar> lists(std::uint32_t most) {
  return grammar_of({sequence({text("["), repeat(choice({rule(0), rule(1)}), 0), text("]")}),
                     sequence({text("\""), repeat(rule(2), 0, most), text("\"")}),
                     choice({character({{'a', 'z'}, {0xE0, 0xFF}}),
                             sequence({text("\\"), character({{'n', 'n'}, {'t', 't'}})})})});
}

TEST(Masks, AllowTokensThatGoThroughSeveralRules) {
  const auto grammar = lists(kNoMost);
  const auto vocabulary = Vocabulary::create(
      {"", "[[\"", "]", "a\"]", "a\"]]", "a\"]]]", "\\", "\\\"", "\xC3", "\xA9\"", "a\"[\"b\\n\"]"},
      std::array<Token, 1>{0});
  Masks masks(grammar, vocabulary);
  Matcher matcher(grammar);
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(1));
  ASSERT_TRUE(*matcher.accept("[[\""));
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(3, 4, 6, 8, 10));
  ASSERT_TRUE(*matcher.accept("\xC3"));
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(9));
  ASSERT_TRUE(*matcher.accept("\xA9\"]]"));
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(0));
}

TEST(Masks, AllowEndsExactlyWhereTheTextMayEnd) {
  const auto grammar = grammar_of({sequence({text("a"), repeat(text("b"), 0)})});
  // The second end has a text that would fit.
  const auto vocabulary = Vocabulary::create({"", "b", "a"}, std::array<Token, 3>{0, 1, 99});
  Masks masks(grammar, vocabulary);
  Matcher matcher(grammar);
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(2));
  ASSERT_TRUE(*matcher.accept("a"));
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(0, 1));
}

TEST(Masks, AllowControlTokensOnlyWhereTheirTextIsSaid) {
  const auto grammar = grammar_of({sequence({text("a<call>"), letter()})});
  const auto vocabulary = Vocabulary::create({"", "a", "a<", "", "<", "b"}, {});
  Masks silent(grammar, vocabulary);
  Masks masks(grammar, vocabulary, {{0, "<call>"}, {3, "<call>b"}, {77, "<"}, {-1, "<"}});
  Matcher matcher(grammar);
  ASSERT_TRUE(*matcher.accept("a"));
  EXPECT_THAT(allowed(silent, matcher), ElementsAre(4));
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(0, 3, 4));
}

TEST(Masks, AllowTokensThatTheGrammarNamesWhateverTheirText) {
  const Expression named{.kind = Expression::Kind::kToken, .tokens = {1, 3, 1'000}};
  const Expression other{.kind = Expression::Kind::kOtherToken, .tokens = {2, 4}};
  const auto grammar = grammar_of({sequence({named, other, text("a")})});
  const auto vocabulary =
      Vocabulary::create({"", "", "a", "ab", "b", "a"}, std::array<Token, 1>{0});
  Masks masks(grammar, vocabulary);
  Matcher matcher(grammar);
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(1, 3));
  ASSERT_TRUE(*matcher.accept(3, "ab"));
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(1, 3, 5));
  ASSERT_TRUE(*matcher.accept(1, ""));
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(2, 5));
}

TEST(Masks, AreComputedOnceForThePlacesOfALongBoundedString) {
  const auto grammar = lists(1'000);
  const auto vocabulary =
      Vocabulary::create({"a", "aaaaaaaa", "a\"", "\\", "\xC3", "a\xC3", "[\"", "]"}, {});
  Masks masks(grammar, vocabulary);
  Matcher matcher(grammar);
  ASSERT_TRUE(*matcher.accept("[\"a"));
  const auto first = allowed(masks, matcher);
  const std::size_t places = masks.places();
  std::size_t taken = 1;
  for (; taken + 10 < 1'000; ++taken) {
    ASSERT_EQ(allowed(masks, matcher), first) << taken;
    ASSERT_EQ(masks.places(), places) << taken;
    ASSERT_TRUE(*matcher.accept("a"));
  }
  EXPECT_EQ(first.size(), 6U);
  for (; taken < 999; ++taken) {
    ASSERT_EQ(has(masks, matcher, 1), taken + 8 <= 1'000) << taken;  // eight letters
    ASSERT_TRUE(*matcher.accept("a"));
  }
  EXPECT_THAT(allowed(masks, matcher), ElementsAre(0, 2, 3, 4));
  ASSERT_TRUE(*matcher.accept("a"));
  EXPECT_THAT(allowed(masks, matcher), IsEmpty());  // '"' alone is no token here
}

TEST(Masks, ForgetRatherThanGrow) {
  // A token of 1,500 bytes makes all places of the repetition differ.
  constexpr std::uint32_t kLength = 1'500;
  std::vector<std::string> texts(400'000);
  std::size_t next = 0;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      for (char c = 'a'; c <= 'z'; ++c)
        texts[next++] = {a, b, c};
    }
  }
  texts[next++] = std::string(kLength, 'a');
  texts[next++] = "a";
  const auto grammar = grammar_of({repeat(letter(), kLength, kLength)});
  Masks masks(grammar, Vocabulary::create(texts, {}));
  Matcher matcher(grammar);
  Mask mask;
  std::size_t largest = 0;
  for (std::uint32_t left = kLength; left > 2; --left) {
    ASSERT_TRUE(masks.allowed(matcher, mask).has_value());
    largest = std::max(largest, masks.bytes());
    ASSERT_EQ(count(mask), 26 * 26 * 26 + (left == kLength ? 2 : 1)) << left;
    ASSERT_TRUE(*matcher.accept("a"));
  }
  EXPECT_GT(largest, kMaskBytesMax / 2);
  EXPECT_LT(largest, kMaskBytesMax + 1024 * 1024);
}

TEST(Masks, AreSharedByThreads) {
  const auto grammar = lists(20);
  const auto vocabulary =
      Vocabulary::create({"a", "aaaa", "a\"", "\\", "\xC3", "[\"", "]", "\""}, {});
  Masks masks(grammar, vocabulary);
  const auto follow = [&masks, &grammar](std::vector<std::vector<Token>>& found) {
    Matcher matcher(grammar);
    for (const char byte : std::string("[\"aaaaaaaaaaaaaaaaaaaa\"\"aaaaaa\"]")) {
      ASSERT_TRUE(*matcher.accept({&byte, 1}));
      found.push_back(allowed(masks, matcher));
    }
  };
  std::vector<std::vector<Token>> here;
  std::vector<std::vector<Token>> there;
  std::thread other([&] { follow(there); });
  follow(here);
  other.join();
  EXPECT_EQ(here, there);
}

}  // namespace
}  // namespace hearth::constraint
