// Strings as they are, without quotes, up to a mark: what the schema allows, without what the
// reader would take for the mark or for a value of another type.
#include <algorithm>

#include <fmt/format.h>

#include "constraint/pattern/code_points.h"
#include "constraint/pattern/pattern.h"
#include "constraint/schema/listed_values.h"
#include "constraint/schema/raw_strings.h"
#include "constraint/schema/schema_rules.h"
#include "constraint/schema/string_lengths.h"
#include "constraint/schema/string_set_rules.h"

namespace hearth::constraint {

namespace {

using Kind = Expression::Kind;

// Longer ones are not combined with the mark: that takes a state for each character and each
// character of the mark.
constexpr std::uint64_t kExactLengthMax = 64;

constexpr std::size_t kRawStatesMax = 2'000;

struct Taken {
  Types types;
  std::string_view pattern;
};
constexpr Taken kTaken[] = {
    {kObject, "^\\{"},
    {kArray, "^\\["},
    {kString, "^\""},
    {kWhole | kOtherNumber, "^-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+\\-]?[0-9]+)?$"},
    {kBoolean, "^(?:true|false)$"},
    {kNull, "^null$"}};

Result<StringSet> without(const StringSet& all, const Expression& content) {
  const StringSet others = HEARTH_TRY(set_of(content));
  return combined(all, others, Combine::kFirstOnly);
}

// Of these, what comes back as the same string.
Result<StringSet> readable(StringSet all, const Writing& writing, Types taken) {
  for (const Taken& one : kTaken) {
    if ((one.types & taken) == 0) continue;
    const Expression content = HEARTH_TRY(content_of_pattern(one.pattern));
    all = HEARTH_TRY(without(all, content));
  }
  for (const std::string& barred : writing.barred) {
    std::vector<Expression> parts;
    for (const char32_t point : code_points(barred))
      parts.push_back(character({{point, point}}));
    parts.push_back(repeat(any_character(), 0));
    all = HEARTH_TRY(without(all, sequence(std::move(parts))));
  }
  return all;
}

// The character of the mark that other texts need least.
char32_t spare_character(std::string_view mark) {
  const std::u32string points = code_points(mark);
  for (const char32_t point : points) {
    if (point >= 0x80) return point;
  }
  const std::size_t sign = points.find_first_of(U"<|[]>");
  return points[sign == std::u32string::npos ? 0 : sign];
}

Expression narrowed(const Expression& content, char32_t without_point) {
  Expression all = content;
  if (all.kind == Kind::kCharacter) {
    std::vector<CodePointRange> barred = all_but(std::move(all.ranges));
    barred.push_back({without_point, without_point});
    return character(all_but(std::move(barred)));
  }
  for (Expression& part : all.parts)
    part = narrowed(part, without_point);
  return all;
}

Expression as_it_is(std::vector<CodePointRange> ranges) {
  return character(std::move(ranges));
}

}  // namespace

Result<Expression> SchemaRules::raw(const Schemas& schemas, const Writing& writing, Types taken) {
  const StringSet writable = HEARTH_TRY(readable(strings_before(writing.end), writing, taken));
  const std::vector<Schemas> all = HEARTH_TRY(alternatives_.of(schemas));
  Expressions ways;
  for (const Schemas& one : all) {
    if ((types_of(one) & kString) == 0) continue;
    if (!is_listed(one)) {
      ways.push_back(HEARTH_TRY(raw_content(one, {writing, writable, taken})));
      continue;
    }
    for (const boost::json::value* value : listed_values(one)) {
      if (!value->is_string() || !HEARTH_TRY(judge_.valid_here(*value, one))) continue;
      const std::string_view string = value->get_string();
      if (writable.accepts(code_points(string))) ways.push_back(text(std::string(string)));
    }
  }
  return one_of(std::move(ways));
}

Result<Expression> SchemaRules::raw_content(const Schemas& schemas, const RawPlace& place) {
  const Counts lengths = counts_of(schemas, "minLength", "maxLength");
  const std::vector<Source> all = HEARTH_TRY(sources(schemas));
  if (lengths.least > lengths.most) return impossible();
  const bool free = lengths.least == 0 && lengths.most == UINT64_MAX;
  if (all.empty() && free) return rules_of(place.writable, rules_, as_it_is);
  const std::uint64_t longest = lengths.most == UINT64_MAX ? lengths.least : lengths.most;
  if (!all.empty() || longest <= kExactLengthMax) {
    const Result<StringSet> strings = string_set(schemas);
    if (strings) {
      const Result<StringSet> exact = combined(*strings, place.writable, Combine::kBoth);
      if (exact && exact->states.size() <= kRawStatesMax) return rules_of(*exact, rules_, as_it_is);
    }
  }
  return raw_without_mark(schemas, place);
}

// None of these strings has one certain character of the mark in it, so none contains the mark.
Result<Expression> SchemaRules::raw_without_mark(const Schemas& schemas, const RawPlace& place) {
  const char32_t spare = spare_character(place.writing.end);
  const Counts lengths = counts_of(schemas, "minLength", "maxLength");
  const std::vector<Source> all = HEARTH_TRY(sources(schemas));
  const Expression any = narrowed(any_character(), spare);
  if (place.taken == 0 && place.writing.barred.empty() && all.size() <= 1) {
    const std::uint64_t most =
        lengths.most == UINT64_MAX ? kUnbounded : std::min(lengths.most, kCountMax);
    if (all.empty() && lengths.least <= kCountMax) return counted(rules_, any, lengths.least, most);
    if (!all.empty()) {
      const Source& only = all.front();
      const Expression* content = only.keyword == "format"
                                      ? HEARTH_TRY(patterns_.content_of_format(only.said))
                                      : HEARTH_TRY(patterns_.content(only.said, "pattern"));
      if (auto held = held_to(narrowed(*content, spare), lengths)) return *std::move(held);
    }
  }
  const StringSet strings = HEARTH_TRY(string_set(schemas));
  const StringSet apart = HEARTH_TRY(set_of(repeat(any, 0)));
  StringSet writable = HEARTH_TRY(combined(strings, apart, Combine::kBoth));
  writable = HEARTH_TRY(readable(std::move(writable), place.writing, place.taken));
  if (writable.states.size() > kRawStatesMax) {
    return fail(document_.wrong(schemas.front(), "",
                                "this string has too many forms where this model's calls write "
                                "it without quotes; use simpler patterns or smaller limits"));
  }
  return rules_of(writable, rules_, as_it_is);
}

}  // namespace hearth::constraint
