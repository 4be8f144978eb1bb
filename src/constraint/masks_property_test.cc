// Masks against trying every token, on grammars, vocabularies and texts by chance.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "constraint/masks.h"
#include "constraint/testing/random_rules.h"

namespace hearth::constraint {
namespace {

constexpr Token kEnd = 0;
constexpr Token kSaid = 2;
constexpr int kSteps = 12;

struct TestVocabulary {
  std::vector<std::string> texts{"", "", ""};  // an end, a control token, one that is said
  std::string said;
  std::shared_ptr<const Vocabulary> vocabulary;

  std::string_view text(Token token) const {
    return token == kSaid ? std::string_view(said) : texts[static_cast<std::size_t>(token)];
  }
};

TestVocabulary random_vocabulary() {
  TestVocabulary made{.said = random_bytes(4)};
  for (const char byte : kBytesForTest)
    made.texts.emplace_back(1, byte);
  for (int left = *rc::gen::inRange(0, 80); left > 0; --left)
    made.texts.push_back(random_bytes(6));
  for (int left = *rc::gen::inRange(0, 20); left > 0; --left) {
    const std::string part = random_bytes(2);
    std::string all = part;
    for (int times = *rc::gen::inRange(1, 6); times > 0; --times)
      all += part;
    made.texts.push_back(all);
  }
  made.vocabulary = Vocabulary::create(made.texts, std::array{kEnd});
  return made;
}

bool has(const Mask& mask, Token token) {
  const auto place = static_cast<std::size_t>(token);
  return (mask[place / 64] >> (place % 64) & 1U) != 0;
}

bool takes(const Matcher& matcher, Token token, const TestVocabulary& vocabulary) {
  if (token == kEnd) return matcher.may_end();
  Matcher copy = matcher;
  const auto taken = copy.accept(token, vocabulary.text(token));
  if (!taken) RC_DISCARD();  // a grammar by chance that is so ambiguous that this may be refused
  return *taken;
}

// Follows allowed tokens by chance and compares the whole mask with the matcher at each step.
void check_masks(const Rules& rules) {
  const auto grammar = Grammar::compile(rules);
  if (!grammar) RC_DISCARD();
  const TestVocabulary vocabulary = random_vocabulary();
  Masks masks(*grammar, vocabulary.vocabulary, {{kSaid, vocabulary.said}});
  Matcher matcher(*grammar);
  Mask mask;
  for (int step = 0; step < kSteps; ++step) {
    RC_ASSERT(masks.allowed(matcher, mask).has_value());
    std::vector<Token> allowed;
    for (Token token = 0; token < static_cast<Token>(vocabulary.texts.size()); ++token) {
      RC_ASSERT(has(mask, token) == takes(matcher, token, vocabulary));
      if (has(mask, token) && token != kEnd) allowed.push_back(token);
    }
    if (allowed.empty()) break;
    const Token next = allowed[*rc::gen::inRange<std::size_t>(0, allowed.size())];
    RC_ASSERT(*matcher.accept(next, vocabulary.text(next)));
  }
}

TEST(MasksProperty, AllowExactlyTheTokensThatTheMatcherTakes) {
  EXPECT_TRUE(
      rc::check("for grammars and vocabularies by chance", [] { check_masks(random_rules()); }));
}

// Rules that call themselves are not put in place of their calls: each is a way of its own.
Rules rules_of_many_ways() {
  Rules rules;
  rules.rules.push_back({"any", choice({})});
  const auto count = static_cast<std::uint32_t>(kWaysApartMax) + 8;
  for (std::uint32_t place = 1; place <= count; ++place) {
    const Expression part =
        *rc::gen::element(text("a"), text("ab"), text("(b"), character({{'a', 'b'}, {0xE9, 0xEA}}),
                          repeat(character({{'a', 'b'}}), 0, 4));
    const Expression called = rule(place % 16 == 0 ? 0 : place);
    const std::string end = *rc::gen::element<std::string>("", ")", "b", "ab");
    rules.rules.front().body.parts.push_back(rule(place));
    rules.rules.push_back({"way-" + std::to_string(place),
                           sequence({text(*rc::gen::element<std::string>("a", "ab", "(")), part,
                                     optional(called), text(end)})});
  }
  return rules;
}

TEST(MasksProperty, AreExactWhereManyWaysAreFollowedTogether) {
  EXPECT_TRUE(rc::check("for many alternatives by chance", [] {
    const Rules rules = rules_of_many_ways();
    const auto grammar = Grammar::compile(rules);
    RC_ASSERT(grammar.has_value());
    RC_ASSERT(Matcher(*grammar).ways().list.size() > kWaysApartMax);
    check_masks(rules);
  }));
}

TEST(MasksProperty, AreExactInLongBoundedRepetitions) {
  EXPECT_TRUE(rc::check("for repetitions by chance", [] {
    const auto least = *rc::gen::inRange<std::uint32_t>(0, 12);
    const auto most = least + *rc::gen::inRange<std::uint32_t>(0, 12);
    Rules rules = random_rules();
    const Expression inner = repeat(random_expression(2, 1), least, most);
    const Expression outer = repeat(sequence({text("a"), inner, text(")")}), 0, most);
    rules.rules.front().body = *rc::gen::element(inner, outer);
    check_masks(rules);
  }));
}

TEST(MasksProperty, AreExactWhereGrammarsNameTokens) {
  EXPECT_TRUE(rc::check("for grammars with tokens by chance", [] {
    const auto token_set = [](Expression::Kind kind) {
      Expression set{.kind = kind};
      for (int left = *rc::gen::inRange(0, 4); left > 0; --left)
        set.tokens.push_back(*rc::gen::inRange<Token>(1, 20));
      return set;
    };
    Rules rules = random_rules();
    for (Rule& each : rules.rules) {
      const Expression named = token_set(Expression::Kind::kToken);
      const Expression other = token_set(Expression::Kind::kOtherToken);
      each.body =
          *rc::gen::element(choice({each.body, sequence({named, text("a"), other})}),
                            choice({sequence({each.body, named}), text("ab"), other}),
                            sequence({optional(each.body), named, each.body, repeat(other, 0, 3)}));
    }
    check_masks(rules);
  }));
}

}  // namespace
}  // namespace hearth::constraint
