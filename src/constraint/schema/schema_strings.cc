// Strings: lengths count code points, whatever they are written as. Lengths and one pattern go
// together by construction where the pattern has one part whose length varies; everything else
// is combined as sets of strings.
#include <algorithm>

#include <fmt/format.h>

#include "constraint/pattern/pattern.h"
#include "constraint/pattern/string_set.h"
#include "constraint/schema/schema_rules.h"
#include "constraint/schema/string_lengths.h"
#include "constraint/schema/string_set_rules.h"

namespace hearth::constraint {

Result<Expression> SchemaRules::string(const Schemas& schemas) {
  const Counts lengths = counts_of(schemas, "minLength", "maxLength");
  if (lengths.least > lengths.most) return impossible();
  if (notation_ == Notation::kGemma) return gemma_string(schemas);
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
  HEARTH_TRY(document_.step(kStepsOfEdge * size_of(strings)));
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
