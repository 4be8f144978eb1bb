// The matcher against a recogniser that tries everything, on grammars and texts by chance.
#include <optional>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "constraint/matcher.h"
#include "constraint/testing/random_rules.h"
#include "constraint/testing/reference.h"

namespace hearth::constraint {
namespace {

constexpr std::size_t kTextBytes = 7;

// Ends the test where a grammar by chance is so ambiguous that the matcher may refuse.
bool takes(const Matcher& matcher, std::string_view bytes) {
  Matcher copy = matcher;
  const auto taken = copy.accept(bytes);
  if (!taken) RC_DISCARD();
  return *taken;
}

std::vector<char> next_bytes(Reference& reference, const std::string& text) {
  std::vector<char> nexts;
  for (int byte = 0; byte < 256; ++byte) {
    const auto next = static_cast<char>(byte);
    if (reference.allows_beginning(text + next)) nexts.push_back(next);
  }
  return nexts;
}

std::string forced_by_reference(Reference& reference, std::string text) {
  std::string forced;
  while (forced.size() < kTextBytes && !reference.allows(text)) {
    const std::vector<char> nexts = next_bytes(reference, text);
    if (nexts.size() != 1) break;
    forced += nexts.front();
    text += nexts.front();
  }
  return forced;
}

// The bytes of a shortest end, if it has no more than a few.
std::optional<std::size_t> nearest_end(Reference& reference, const std::string& text) {
  std::vector<std::string> level{text};
  for (std::size_t bytes = 0; bytes <= 4 && level.size() < 100; ++bytes) {
    std::vector<std::string> longer;
    for (const std::string& each : level) {
      if (reference.allows(each)) return bytes;
      for (const char byte : next_bytes(reference, each))
        longer.push_back(each + byte);
    }
    level = std::move(longer);
  }
  return std::nullopt;
}

void check_ends(const Matcher& matcher, Reference& reference, const std::string& text) {
  RC_ASSERT(matcher.may_end() == reference.allows(text));
  RC_ASSERT(matcher.must_end() == next_bytes(reference, text).empty());
  const auto end = matcher.shortest_end();
  RC_ASSERT(end.has_value());
  RC_ASSERT(end->size() == matcher.bytes_to_end());
  RC_ASSERT(reference.allows(text + *end));
  const auto nearest = nearest_end(reference, text);
  if (nearest) RC_ASSERT(*nearest == end->size());
}

void check_forced(const Matcher& matcher, Reference& reference, const std::string& text) {
  const std::string forced = forced_by_reference(reference, text);
  const std::string said = matcher.forced();
  RC_ASSERT(said.substr(0, kTextBytes) == forced);
  RC_ASSERT(takes(matcher, said));
}

TEST(MatcherProperty, FollowsExactlyTheBeginningsOfValidTexts) {
  EXPECT_TRUE(rc::check("for grammars and texts by chance", [] {
    const Rules rules = random_rules();
    const auto grammar = Grammar::compile(rules);
    if (!grammar) RC_DISCARD();
    Reference reference(rules);
    Matcher matcher(*grammar);
    std::string text;
    while (text.size() < kTextBytes) {
      check_ends(matcher, reference, text);
      check_forced(matcher, reference, text);
      for (const char byte : kBytesForTest)
        RC_ASSERT(takes(matcher, {&byte, 1}) == reference.allows_beginning(text + byte));
      const std::vector<char> nexts = next_bytes(reference, text);
      if (nexts.empty()) break;
      const char next = nexts[*rc::gen::inRange<std::size_t>(0, nexts.size())];
      RC_ASSERT(*matcher.accept({&next, 1}));
      text += next;
    }
  }));
}

TEST(MatcherProperty, TakesBytesInPortionsAllOrNone) {
  EXPECT_TRUE(rc::check("for grammars and portions by chance", [] {
    const Rules rules = random_rules();
    const auto grammar = Grammar::compile(rules);
    if (!grammar) RC_DISCARD();
    Reference reference(rules);
    Matcher matcher(*grammar);
    std::string text;
    for (int portions = 0; portions < 20; ++portions) {
      const std::string portion = random_bytes(2);
      const bool fits = reference.allows_beginning(text + portion);
      RC_ASSERT(takes(matcher, portion) == fits);
      RC_ASSERT(*matcher.accept(portion) == fits);
      if (fits) text += portion;
      RC_ASSERT(matcher.may_end() == reference.allows(text));
      if (text.size() >= kTextBytes) break;
    }
  }));
}

// Whether a rule can begin with itself, by following all beginnings as far as there are rules.
class NaiveLeftRecursion {
 public:
  explicit NaiveLeftRecursion(const Rules& rules) : rules_(rules), empty_(rules.rules.size()) {
    for (std::size_t round = 0; round < rules.rules.size(); ++round) {
      for (std::size_t place = 0; place < empty_.size(); ++place)
        empty_[place] = is_empty(rules.rules[place].body);
    }
  }

  bool is_there() const {
    for (std::uint32_t place = 0; place < empty_.size(); ++place) {
      if (reaches(rules_.rules[place].body, place, empty_.size())) return true;
    }
    return false;
  }

 private:
  bool is_empty(const Expression& expression) const {
    const auto& parts = expression.parts;
    const auto empty = [this](const Expression& part) { return is_empty(part); };
    if (expression.kind == Expression::Kind::kText) return expression.text.empty();
    if (expression.kind == Expression::Kind::kRule) return empty_[expression.rule];
    if (expression.kind == Expression::Kind::kCharacter) return false;
    if (expression.kind == Expression::Kind::kRepeat && expression.least == 0) return true;
    if (expression.kind == Expression::Kind::kChoice)
      return std::any_of(parts.begin(), parts.end(), empty);
    return std::all_of(parts.begin(), parts.end(), empty);
  }

  bool reaches(const Expression& expression, std::uint32_t place, std::size_t further) const {
    if (expression.kind == Expression::Kind::kRule) {
      return expression.rule == place ||
             (further > 0 && reaches(rules_.rules[expression.rule].body, place, further - 1));
    }
    if (expression.kind == Expression::Kind::kRepeat && expression.most == 0) return false;
    for (const Expression& part : expression.parts) {
      if (reaches(part, place, further)) return true;
      if (expression.kind == Expression::Kind::kSequence && !is_empty(part)) return false;
    }
    return false;
  }

  const Rules& rules_;
  std::vector<bool> empty_;
};

TEST(GrammarProperty, RefusesExactlyLeftRecursionAndWhatNoTextSatisfies) {
  EXPECT_TRUE(rc::check("for grammars by chance", [] {
    const Rules rules = random_rules();
    const bool is_left_recursive = NaiveLeftRecursion(rules).is_there();
    RC_ASSERT(check(rules).has_value() == !is_left_recursive);
    if (is_left_recursive) return;
    RC_ASSERT(Grammar::compile(rules).has_value() == Reference(rules).allows_something());
  }));
}

}  // namespace
}  // namespace hearth::constraint
