#include "constraint/pattern/string_set.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "constraint/pattern/code_points.h"
#include "constraint/pattern/pattern.h"

namespace hearth::constraint {
namespace {

StringSet strings_of(std::string_view pattern) {
  return *set_of(*content_of_pattern(pattern));
}

std::u32string random_string() {
  return *rc::gen::container<std::u32string>(rc::gen::element(U'a', U'b', U'c', U'1'));
}

// Where a string of the set ends.
const StringSet::State& state_of(const StringSet& set, std::u32string_view string) {
  std::uint32_t state = 0;
  for (const char32_t point : string) {
    for (const StringSet::Edge& edge : set.states[state].edges) {
      if (point < edge.range.first || point > edge.range.last) continue;
      state = edge.to;
      break;
    }
  }
  return set.states[state];
}

TEST(StringSet, combinedSetsAgreeWithTheirParts) {
  const bool good = rc::check([] {
    const char* patterns[] = {"^a", "b$", "^[ab]*$", "^(ab|c)+$", "1", "^.{2,5}$", "^(a|b)*1c?$"};
    const auto pick = [&] { return patterns[*rc::gen::inRange<std::size_t>(0, 7)]; };
    const StringSet one = strings_of(pick());
    const StringSet other = strings_of(pick());
    const std::u32string string = random_string();
    const bool in_one = one.accepts(string);
    const bool in_other = other.accepts(string);
    RC_ASSERT(combined(one, other, Combine::kBoth)->accepts(string) == (in_one && in_other));
    RC_ASSERT(combined(one, other, Combine::kFirstOnly)->accepts(string) == (in_one && !in_other));
  });
  EXPECT_TRUE(good);
}

TEST(StringSet, toldApartAreThoseOfTheKindsThatAreWanted) {
  const bool good = rc::check([] {
    const char* patterns[] = {"^a", "b$", "^[ab]*$", "^(ab|c)+$", "1", "^.{2,5}$", "^(a|b)*1c?$"};
    const auto pick = [&] { return patterns[*rc::gen::inRange<std::size_t>(0, 7)]; };
    const StringSet all = strings_of(pick());
    const std::vector<StringSet> others{strings_of(pick()), strings_of(pick()), strings_of(pick())};
    const auto unwanted = *rc::gen::inRange<std::uint32_t>(0, 9);
    const auto apart =
        told_apart(all, others, [&](std::uint32_t kind) { return kind != unwanted; });
    const std::u32string string = random_string();
    std::uint32_t kind = 0;
    for (std::size_t i = 0; i < others.size(); ++i)
      kind |= others[i].accepts(string) ? 1U << i : 0;
    const bool in = all.accepts(string) && kind != unwanted;
    for (const StringSet& set : {*apart, minimised(*apart)}) {
      RC_ASSERT(set.accepts(string) == in);
      RC_ASSERT(!in || state_of(set, string).kind == kind);
    }
  });
  EXPECT_TRUE(good);
}

TEST(StringSet, minimisedHasTheSameStringsAndNoTwoStatesAlike) {
  const bool good = rc::check([] {
    const char* patterns[] = {"^(ab|cb)*$", "^(a{3}|b{3}|c{3})$", "a|b", "^(a|aa|aaa)1$", "^$"};
    const StringSet set = strings_of(patterns[*rc::gen::inRange<std::size_t>(0, 5)]);
    const StringSet least = minimised(set);
    const std::u32string string = random_string();
    RC_ASSERT(least.accepts(string) == set.accepts(string));
    RC_ASSERT(least.states.size() <= set.states.size());
    RC_ASSERT(minimised(least).states.size() == least.states.size());
  });
  EXPECT_TRUE(good);
  // The beginning, behind a minus, and what the last two digits leave of four.
  EXPECT_LE(minimised(set_of_multiples(4, 0)).states.size(), 6U);
}

TEST(StringSet, multiplesAreThoseOfArithmetic) {
  const bool good = rc::check([] {
    const int units = *rc::gen::inRange(1, 120);
    const int places = *rc::gen::inRange(0, 4);
    const int scaled = *rc::gen::inRange(-100'000, 100'000);
    std::string digits = std::to_string(std::abs(scaled));
    while (static_cast<int>(digits.size()) <= places)
      digits.insert(0, 1, '0');
    std::string text = scaled < 0 ? "-" : "";
    text += digits.substr(0, digits.size() - static_cast<std::size_t>(places));
    if (places > 0) text += "." + digits.substr(digits.size() - static_cast<std::size_t>(places));
    const StringSet set =
        set_of_multiples(static_cast<std::uint32_t>(units), static_cast<std::uint32_t>(places));
    RC_ASSERT(set.accepts(code_points(text)) == (scaled % units == 0));
  });
  EXPECT_TRUE(good);
}

TEST(StringSet, fewerPlacesAreTheSameNumber) {
  const StringSet quarters = set_of_multiples(25, 2);
  EXPECT_TRUE(quarters.accepts(U"1.5"));
  EXPECT_TRUE(quarters.accepts(U"3"));
  EXPECT_FALSE(quarters.accepts(U"1.2"));
  EXPECT_FALSE(quarters.accepts(U"1."));
  EXPECT_FALSE(quarters.accepts(U"1.250"));
  EXPECT_FALSE(quarters.accepts(U"-"));
}

TEST(StringSet, whatLeadsNowhereIsNotThere) {
  EXPECT_TRUE(combined(strings_of("^a+$"), strings_of("^b+$"), Combine::kBoth)->empty());
  EXPECT_TRUE(combined(strings_of("^ab$"), strings_of("^a"), Combine::kFirstOnly)->empty());
  EXPECT_TRUE(set_of_strings({})->empty());
}

TEST(StringSet, sizesAreBounded) {
  EXPECT_FALSE(set_of_lengths(0, kStringSetStatesMax).has_value());
  EXPECT_FALSE(set_of(*content_of_pattern("^(a|b)*a(a|b){30}$")).has_value());
  const StringSet seven = strings_of("^([ab]{997})*$");
  const StringSet eleven = strings_of("^([ab]{991})*$");
  EXPECT_FALSE(combined(seven, eleven, Combine::kBoth).has_value());
}

}  // namespace
}  // namespace hearth::constraint
