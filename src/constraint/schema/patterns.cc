#include "constraint/schema/patterns.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "constraint/pattern/code_points.h"
#include "constraint/pattern/pattern.h"
#include "constraint/schema/formats.h"

namespace hearth::constraint {

Result<const Expression*> Patterns::content(const Said& pattern, std::string_view keyword) {
  const auto known = contents_.find(pattern.string);
  if (known != contents_.end()) return &known->second;
  Result<Expression> content = content_of_pattern(pattern.string);
  if (!content) {
    constexpr std::size_t kShownBytes = 100;
    return fail(
        document_.wrong(pattern.schema, keyword,
                        fmt::format("the pattern \"{}\": {}",
                                    base::repair_utf8(pattern.string.substr(0, kShownBytes)),
                                    content.error().message)));
  }
  return &contents_.emplace(pattern.string, *std::move(content)).first->second;
}

Result<const StringSet*> Patterns::strings(const Said& pattern, std::string_view keyword) {
  const auto known = sets_.find(pattern.string);
  if (known != sets_.end()) return &known->second;
  const Expression* own_content = HEARTH_TRY(content(pattern, keyword));
  Result<StringSet> set = set_of(*own_content);
  if (!set) {
    return fail(document_.wrong(pattern.schema, keyword,
                                fmt::format("the pattern {}", set.error().message)));
  }
  HEARTH_TRY(document_.step(size_of(*set)));
  return &sets_.emplace(pattern.string, *std::move(set)).first->second;
}

Result<bool> Patterns::matches(const Said& pattern, std::string_view keyword,
                               std::string_view string) {
  const StringSet* all = HEARTH_TRY(strings(pattern, keyword));
  return all->accepts(code_points(string));
}

Result<const Expression*> Patterns::content_of_format(const Said& format) {
  const std::optional<std::string> pattern = pattern_of_format(format.string);
  if (!pattern) return nullptr;
  return content({*pattern, format.schema}, "format");
}

Result<const StringSet*> Patterns::strings_of_format(const Said& format) {
  const std::optional<std::string> pattern = pattern_of_format(format.string);
  if (!pattern) return nullptr;
  return strings({*pattern, format.schema}, "format");
}

Result<void> Patterns::prepare(const std::vector<Said>& key_patterns) {
  for (const Said& pattern : key_patterns)
    HEARTH_TRY(strings(pattern, "patternProperties"));
  return {};
}

std::function<bool(std::string_view)> Patterns::key_matcher(std::string_view key) const {
  return [this, points = code_points(key)](std::string_view pattern) {
    const auto known = sets_.find(pattern);
    return known != sets_.end() && known->second.accepts(points);
  };
}

}  // namespace hearth::constraint
