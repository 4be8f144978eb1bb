// Strings: lengths count code points, whatever they are written as. Lengths and one pattern go
// together by construction where the pattern has one part whose length varies; everything else
// is combined as sets of strings.
#include <algorithm>

#include <fmt/format.h>

#include "constraint/pattern/pattern.h"
#include "constraint/pattern/string_set.h"
#include "constraint/schema/schema_rules.h"
#include "constraint/schema/string_set_rules.h"

namespace hearth::constraint {

namespace {

using Kind = Expression::Kind;

void flatten(const Expression& part, std::vector<Expression*>& leaves, Expression& copy) {
  if (part.kind != Kind::kSequence) {
    leaves.push_back(&copy);
    return;
  }
  for (std::size_t i = 0; i < part.parts.size(); ++i) {
    flatten(part.parts[i], leaves, copy.parts[i]);
  }
}

// The content held to the lengths, where that only changes how often one character repeats.
std::optional<Expression> held_to(const Expression& content, const Counts& lengths) {
  const Lengths own = lengths_of(content);
  if (own.least >= lengths.least && own.most <= lengths.most) return content;
  Expression held = content;
  std::vector<Expression*> leaves;
  flatten(content, leaves, held);
  Expression* varying = nullptr;
  std::uint64_t fixed = 0;
  for (Expression* leaf : leaves) {
    const Lengths one = lengths_of(*leaf);
    if (one.least == one.most) {
      fixed += one.least;
      continue;
    }
    const bool simple = leaf->kind == Kind::kRepeat && leaf->parts.front().kind == Kind::kCharacter;
    if (varying != nullptr || !simple) return std::nullopt;
    varying = leaf;
  }
  if (varying == nullptr || fixed > lengths.most) return impossible();
  const std::uint64_t least =
      std::max<std::uint64_t>(varying->least, lengths.least > fixed ? lengths.least - fixed : 0);
  std::uint64_t most = varying->most == kNoMost ? kUnbounded : varying->most;
  if (lengths.most != UINT64_MAX) most = std::min(most, lengths.most - fixed);
  if (least > most) return impossible();
  if (least > kRepeatMax) return std::nullopt;
  varying->least = static_cast<std::uint32_t>(least);
  varying->most = most > kRepeatMax ? kNoMost : static_cast<std::uint32_t>(most);
  if (most > kRepeatMax && most != kUnbounded) return std::nullopt;
  return held;
}

}  // namespace

Result<Expression> SchemaRules::string(const Schemas& schemas) {
  const Counts lengths = counts_of(schemas, "minLength", "maxLength");
  if (lengths.least > lengths.most) return impossible();
  if (lengths.least > kCountMax) {
    return fail(document_.wrong(having(schemas, "minLength"), "minLength",
                                fmt::format("must be at most {}", kCountMax)));
  }
  if (!HEARTH_TRY(sources(schemas)).empty()) {
    return quoted(HEARTH_TRY(combined_content(schemas, lengths)));
  }
  if (lengths.least == 0 && lengths.most == UINT64_MAX) return rule(json_.string);
  const std::uint64_t most =
      lengths.most == UINT64_MAX ? kUnbounded : std::min<std::uint64_t>(lengths.most, kCountMax);
  return quoted(counted(rules_, rule(json_.character), lengths.least, most));
}

Result<std::vector<SchemaRules::Source>> SchemaRules::sources(const Schemas& schemas) {
  std::vector<Source> all;
  for (const Said& pattern : strings_of(schemas, "pattern"))
    all.push_back({pattern, "pattern"});
  for (const Said& format : strings_of(schemas, "format")) {
    const bool honoured = HEARTH_TRY(patterns_.content_of_format(format)) != nullptr;
    if (honoured) all.push_back({format, "format"});
  }
  return all;
}

Result<Expression> SchemaRules::combined_content(const Schemas& schemas, const Counts& lengths) {
  const std::vector<Source> all = HEARTH_TRY(sources(schemas));
  if (all.size() == 1) {
    const Source& only = all.front();
    const Expression* content = only.keyword == "format"
                                    ? HEARTH_TRY(patterns_.content_of_format(only.said))
                                    : HEARTH_TRY(patterns_.content(only.said, "pattern"));
    if (const auto held = held_to(*content, lengths)) return written(*held, json_);
  }
  const StringSet strings = HEARTH_TRY(string_set(schemas));
  return rules_of(strings, rules_, [this](std::vector<CodePointRange> ranges) {
    return written(character(std::move(ranges)), json_);
  });
}

Result<StringSet> SchemaRules::string_set(const Schemas& schemas) {
  const Counts lengths = counts_of(schemas, "minLength", "maxLength");
  const std::vector<Source> all = HEARTH_TRY(sources(schemas));
  const std::string_view name = all.empty() ? "" : all.back().keyword;
  const Schema where = all.empty() ? schemas.front() : all.back().said.schema;
  const std::uint64_t most = lengths.most == UINT64_MAX ? kUnbounded : lengths.most;
  if (lengths.least > most) return set_of_strings({});
  StringSet strings = HEARTH_TRY(named(where, name, set_of_lengths(lengths.least, most)));
  for (const Source& source : all) {
    const StringSet* one = source.keyword == "format"
                               ? HEARTH_TRY(patterns_.strings_of_format(source.said))
                               : HEARTH_TRY(patterns_.strings(source.said, "pattern"));
    strings = HEARTH_TRY(
        named(source.said.schema, source.keyword, combined(strings, *one, Combine::kBoth)));
  }
  return strings;
}

}  // namespace hearth::constraint
