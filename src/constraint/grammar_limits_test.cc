// Grammars that would crash, hang or fill the memory of an engine without limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "constraint/masks.h"
#include "constraint/matcher.h"

namespace hearth::constraint {
namespace {

using ::testing::HasSubstr;

Rules rules_of(std::vector<Expression> bodies) {
  Rules rules;
  for (Expression& body : bodies)
    rules.rules.push_back({"r" + std::to_string(rules.rules.size()), std::move(body)});
  return rules;
}

std::shared_ptr<const Grammar> grammar_of(std::vector<Expression> bodies) {
  auto grammar = Grammar::compile(rules_of(std::move(bodies)));
  if (!grammar) ADD_FAILURE() << grammar.error().message;
  return grammar ? *grammar : nullptr;
}

std::string complaint(std::vector<Expression> bodies) {
  const auto grammar = Grammar::compile(rules_of(std::move(bodies)));
  if (grammar) return "";
  EXPECT_EQ(grammar.error().code, Code::kInvalidArgument);
  return grammar.error().message;
}

Expression letter() {
  return character({{'a', 'z'}});
}

TEST(GrammarLimits, RepetitionsWithinRepetitionsStaySmall) {
  Expression nested = letter();
  for (int i = 0; i < 5; ++i)
    nested = repeat(sequence({std::move(nested), text("-")}), 20'000, 20'000);
  const auto grammar = grammar_of({nested});
  EXPECT_LE(grammar->automaton().size(), 121'000U);
  Matcher matcher(grammar);
  EXPECT_TRUE(*matcher.accept("a-b-c-"));
  EXPECT_GT(matcher.bytes_to_end(), std::uint64_t{1} << 39U);
  EXPECT_EQ(matcher.shortest_end(), std::nullopt);
}

TEST(GrammarLimits, RefusesTooManyStates) {
  std::vector<Expression> parts;
  for (char32_t i = 0; i < 30; ++i)
    parts.push_back(repeat(character({{0x100 + i, 0x2000 + i}}), 20'000, 20'000));
  EXPECT_THAT(complaint({sequence(parts)}), HasSubstr("more than 400000 states"));
  EXPECT_THAT(complaint({text(std::string(1'000'000, 'a'))}), HasSubstr("more than 400000 states"));
  EXPECT_THAT(complaint({text(std::string(300'000, 'a'))}), HasSubstr("more than 200000 nodes"));
}

TEST(GrammarLimits, LeavesARuleAmbiguousWhereTellingItsWaysApartWouldExplode) {
  // An automaton that knows where each of the last thirty letters 'a' stood has 2^30 nodes.
  const auto grammar =
      grammar_of({sequence({repeat(letter(), 0), text("a"), repeat(letter(), 30, 30), text("!")})});
  EXPECT_LT(grammar->automaton().size(), 1'000U);
  Matcher matcher(grammar);
  EXPECT_TRUE(*matcher.accept(std::string(40, 'b') + "a" + std::string(30, 'a')));
  EXPECT_EQ(matcher.forced(), "");
  EXPECT_TRUE(*matcher.accept("!"));
  EXPECT_TRUE(matcher.must_end());
  Matcher late(grammar);
  EXPECT_TRUE(*late.accept("a" + std::string(31, 'b')));
  EXPECT_FALSE(*late.accept("!"));
}

TEST(GrammarLimits, RepetitionsOfNothingEnd) {
  Expression empty = text("");
  for (int i = 0; i < 50; ++i)
    empty = repeat(choice({std::move(empty), text("")}), i % 3U, i % 2 == 0 ? kNoMost : 7);
  Matcher matcher(grammar_of(
      {sequence({empty, rule(1), text("a")}), repeat(rule(2), 0), repeat(optional(text("b")), 3)}));
  EXPECT_TRUE(*matcher.accept("bbbbba"));
  EXPECT_TRUE(matcher.must_end());
}

TEST(GrammarLimits, ChoicesAndSequencesThatGrowExponentiallyStaySmall) {
  // r0 ::= r1 r1, r1 ::= r2 r2, …: the only text has 2^60 letters.
  std::vector<Expression> doubling;
  for (std::uint32_t place = 0; place < 60; ++place)
    doubling.push_back(sequence({rule(place + 1), rule(place + 1)}));
  doubling.push_back(text("x"));
  const auto grammar = grammar_of(doubling);
  EXPECT_LT(grammar->automaton().size(), 1'000U);
  Matcher matcher(grammar);
  EXPECT_EQ(matcher.forced(), std::string(kForcedBytesMax, 'x'));
  EXPECT_TRUE(*matcher.accept(std::string(10'000, 'x')));
  EXPECT_EQ(matcher.shortest_end(), std::nullopt);
}

TEST(GrammarLimits, TwentyThousandRulesBehindEachOther) {
  std::vector<Expression> chain;
  for (std::uint32_t place = 0; place + 1 < kRulesMax; ++place)
    chain.push_back(sequence({text("a"), rule(place + 1)}));
  chain.push_back(text("b"));
  Matcher matcher(grammar_of(chain));
  EXPECT_TRUE(*matcher.accept(std::string(kRulesMax - 1, 'a')));
  EXPECT_FALSE(*matcher.accept("a"));
  EXPECT_TRUE(*matcher.accept("b"));
}

TEST(GrammarLimits, RefusesAChainOfBeginningsThatIsTooLong) {
  std::vector<Expression> chain;
  for (std::uint32_t place = 0; place + 1 < kRulesMax; ++place)
    chain.push_back(sequence({rule(place + 1), text("a")}));
  chain.push_back(text("b"));
  EXPECT_THAT(complaint(chain), HasSubstr("begin in more than 5000 ways"));
}

TEST(GrammarLimits, ARuleMayBeNamedThroughAsManyOthersAsThereAre) {
  std::vector<Expression> chain{sequence({text("a"), rule(1), rule(2), text("c")})};
  for (std::uint32_t place = 1; place + 1 < kRulesMax; ++place) {
    const Expression next = rule(place + 1);
    chain.push_back(place % 2 == 0 ? next : sequence({choice({next})}));
  }
  chain.push_back(sequence({text("b"), optional(rule(kRulesMax - 1))}));
  const auto grammar = grammar_of(chain);
  EXPECT_LT(grammar->automaton().size(), 100U);
  Matcher matcher(grammar);
  EXPECT_TRUE(*matcher.accept("abbb"));
  EXPECT_TRUE(*matcher.accept("c"));
  EXPECT_TRUE(matcher.must_end());
}

TEST(GrammarLimits, ChoosesBetweenThousandsOfSmallRules) {
  std::vector<Expression> bodies{choice({})};
  for (std::uint32_t place = 1; place <= 5'000; ++place) {
    bodies.push_back(text("word-" + std::to_string(place)));
    bodies.front().parts.push_back(rule(place));
  }
  Matcher matcher(grammar_of(bodies));
  EXPECT_EQ(matcher.ways().list.size(), 1U);
  EXPECT_TRUE(*matcher.accept("word-4999"));
  EXPECT_TRUE(matcher.must_end());
}

TEST(GrammarLimits, TellsTheSameWordApartNoMatterHowManyRulesSayIt) {
  std::vector<Expression> bodies{choice({})};
  for (std::uint32_t place = 1; place <= 300; ++place) {
    bodies.push_back(text("the same word"));
    bodies.front().parts.push_back(sequence({rule(place), rule(place)}));
  }
  Matcher matcher(grammar_of(bodies));
  EXPECT_EQ(matcher.forced(), "the same wordthe same word");
}

TEST(GrammarLimits, WhatIsCertainIsFoundInPartsWhereItCanBeReadInManyWays) {
  std::vector<Expression> bodies{choice({})};
  const std::string word(kForcedBytesMax, 'w');
  for (std::uint32_t place = 1; place <= 40; ++place) {
    bodies.push_back(sequence({repeat(text(word), 1, place), text("!")}));
    bodies.front().parts.push_back(sequence({rule(place), rule(place)}));
  }
  Matcher matcher(grammar_of(bodies));
  const std::string found = matcher.forced();
  EXPECT_GT(found.size(), 1'000U);
  EXPECT_LT(found.size(), kForcedBytesMax);
  EXPECT_TRUE(*matcher.accept(found));
  EXPECT_NE(matcher.forced(), "");
}

TEST(GrammarLimits, StopsCompilingForWhoIsGone) {
  base::CancelSource gone;
  Effort effort(gone.token());
  const Rules rules = rules_of({text(std::string(150'000, 'a'))});
  ASSERT_TRUE(Grammar::compile(rules, effort).has_value());
  gone.cancel();
  const auto grammar = Grammar::compile(rules, effort);
  ASSERT_FALSE(grammar.has_value());
  EXPECT_EQ(grammar.error().code, Code::kCancelled);
}

TEST(GrammarLimits, RefusesWhatNoFiniteTextSatisfies) {
  EXPECT_THAT(complaint({sequence({text("a"), rule(0)})}),
              HasSubstr("no text satisfies rule 'r0'"));
  EXPECT_THAT(complaint({character({})}), HasSubstr("no text satisfies rule 'r0'"));
  EXPECT_THAT(complaint({choice({})}), HasSubstr("no text satisfies rule 'r0'"));
  EXPECT_THAT(complaint({character({{0xD800, 0xDFFF}})}), HasSubstr("no text satisfies"));
  EXPECT_EQ(complaint({text("")}), "");
}

std::vector<std::string> words() {
  std::vector<std::string> texts;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      for (char c = 'a'; c <= 'z'; ++c)
        texts.push_back({a, b, c, a, b, c, c, b, a});
    }
  }
  return texts;
}

// Each letter of a word opens several ways, all of which last longer than any word.
Expression that_forks(std::uint32_t ways, std::uint32_t kind = 0) {
  Expression all = choice({});
  for (std::uint32_t i = 0; i < ways; ++i) {
    const char32_t first = U'b' + (i + kind) % 12;
    const char32_t last = first + 12 - kind / 12;
    all.parts.push_back(sequence({repeat(character({{'a', 'y'}}), 0), character({{first, last}}),
                                  repeat(letter(), 28 + i, 28 + i), text("!")}));
  }
  return all;
}

// A call of each name stands behind a text that may be anything: all are possible until it ends.
std::vector<Expression> calls_behind_any_text(std::uint32_t names) {
  std::vector<Expression> bodies{choice({}), choice({sequence({letter(), rule(1)}), text("")})};
  for (std::uint32_t place = 2; place < names + 2; ++place) {
    bodies.front().parts.push_back(rule(place));
    bodies.push_back(sequence({rule(1), text("abc"), repeat(rule(1), 0, place), text("!")}));
  }
  return bodies;
}

TEST(GrammarLimits, MasksAreFoundWhereManyCallsFollowTheSameText) {
  constexpr std::size_t kStride = 25;  // of the words that are looked at
  const std::vector<std::string> texts = words();
  const auto vocabulary = Vocabulary::create(texts, {});
  for (const std::uint32_t names : {3U, 30U, 300U}) {
    const auto grammar = grammar_of(calls_behind_any_text(names));
    Masks masks(grammar, vocabulary);
    Matcher matcher(grammar);
    ASSERT_TRUE(*matcher.accept("zz"));
    EXPECT_GE(matcher.ways().list.size(), names);
    Mask mask;
    const auto found = masks.allowed(matcher, mask);
    ASSERT_TRUE(found.has_value()) << names << found.error().message;
    const std::size_t places = masks.places();
    for (std::size_t token = 0; token < texts.size(); token += kStride) {
      Matcher copy = matcher;
      ASSERT_EQ((mask[token / 64] >> (token % 64) & 1U) != 0, *copy.accept(texts[token]));
    }
    Mask again;
    ASSERT_TRUE(masks.allowed(matcher, again).has_value());
    EXPECT_EQ(again, mask);
    EXPECT_EQ(masks.places(), places);
  }
}

TEST(GrammarLimits, RefusesAMaskThatTakesTooLong) {
  const auto grammar = grammar_of({that_forks(40)});
  Masks masks(grammar, Vocabulary::create(words(), {}));
  Mask mask;
  const auto found = masks.allowed(Matcher(grammar), mask);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, Code::kInvalidArgument);
  EXPECT_THAT(found.error().message, HasSubstr("too ambiguous"));
  EXPECT_LE(masks.bytes(), kMaskBytesMax);
}

TEST(GrammarLimits, RefusesAMaskThatGoesBackToItsCallersInTooManyWays) {
  const Expression not_b = character({{'a', 'a'}, {'c', 'z'}});
  const Expression not_c = character({{'a', 'b'}, {'d', 'z'}});
  const auto grammar =
      grammar_of({repeat(choice({rule(1), rule(2)}), 0), sequence({not_b, optional(rule(0))}),
                  sequence({not_c, optional(rule(0))})});
  Masks masks(grammar, Vocabulary::create(words(), {}));
  Mask mask;
  Matcher matcher(grammar);
  Result<void> found = masks.allowed(matcher, mask);
  for (int i = 0; found && i < 30; ++i) {
    ASSERT_TRUE(*matcher.accept("azd"));
    found = masks.allowed(matcher, mask);
  }
  ASSERT_FALSE(found.has_value());
  EXPECT_THAT(found.error().message, HasSubstr("too ambiguous"));
}

TEST(GrammarLimits, MasksAreExactWhereFindingThemNeedsMoreMemoryThanIsKept) {
  constexpr std::uint32_t kForks = 60;
  constexpr std::size_t kStride = 25;  // of the words that are looked at
  Expression begins = choice({});
  std::vector<Expression> bodies;
  for (std::uint32_t i = 0; i < kForks; ++i) {
    begins.parts.push_back(sequence({text(std::to_string(i) + ":"), rule(i + 1)}));
    bodies.push_back(that_forks(3, i));
  }
  bodies.insert(bodies.begin(), begins);
  const auto grammar = grammar_of(bodies);
  const std::vector<std::string> texts = words();
  Masks masks(grammar, Vocabulary::create(texts, {}));
  bool forgot = false;
  for (std::uint32_t i = 0; i < kForks; ++i) {
    Matcher matcher(grammar);
    ASSERT_TRUE(*matcher.accept(std::to_string(i) + ":"));
    const std::size_t kept = masks.bytes();
    Mask mask;
    ASSERT_TRUE(masks.allowed(matcher, mask).has_value());
    forgot = forgot || masks.bytes() < kept;
    std::size_t allowed = 0;
    for (std::size_t token = 0; token < texts.size(); token += kStride) {
      Matcher copy = matcher;
      const bool fits = *copy.accept(texts[token]);
      ASSERT_EQ((mask[token / 64] >> (token % 64) & 1U) != 0, fits) << texts[token];
      allowed += fits ? 1 : 0;
    }
    EXPECT_GT(allowed, texts.size() / kStride / 4);
    EXPECT_LT(allowed, texts.size() / kStride);
  }
  EXPECT_TRUE(forgot);
}

}  // namespace
}  // namespace hearth::constraint
