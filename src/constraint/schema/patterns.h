// The patterns and formats of one schema, each turned into a content and a set of strings once.
//
// Errors:  kInvalidArgument that names the schema in which the pattern stands.
// Threads: confined to its caller.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "constraint/pattern/string_set.h"
#include "constraint/schema/demands.h"
#include "constraint/schema/document.h"

namespace hearth::constraint {

class Patterns {
 public:
  explicit Patterns(const SchemaDocument& document) : document_(document) {}

  // `keyword` is where the pattern is said: it is named in errors.
  Result<const Expression*> content(const Said& pattern, std::string_view keyword);
  Result<const StringSet*> strings(const Said& pattern, std::string_view keyword);
  Result<bool> matches(const Said& pattern, std::string_view keyword, std::string_view string);
  // nullptr for a format that is an annotation.
  Result<const Expression*> content_of_format(const Said& format);
  Result<const StringSet*> strings_of_format(const Said& format);

  // Has a key a match in this key of patternProperties? REQUIRES: prepare() let them pass.
  std::function<bool(std::string_view)> key_matcher(std::string_view key) const;
  Result<void> prepare(const std::vector<Said>& key_patterns);

 private:
  const SchemaDocument& document_;
  std::map<std::string, Expression, std::less<>> contents_;
  std::map<std::string, StringSet, std::less<>> sets_;
};

}  // namespace hearth::constraint
