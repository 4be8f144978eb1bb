#include "constraint/testing/validity.h"

#include <memory>

#include <boost/json/parse.hpp>

#include "constraint/schema/alternatives.h"
#include "constraint/schema/disjoint.h"
#include "constraint/schema/judge.h"

namespace hearth::constraint::testing {

bool is_valid(std::string_view schema, std::string_view document) {
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse(document, error);
  if (error) return false;
  Effort effort;
  const auto read = SchemaDocument::read(schema, effort);
  if (!read) return false;
  const SchemaDocument& all = **read;
  Patterns patterns(all);
  std::unique_ptr<Disjoint> disjoint;
  Alternatives alternatives(all, [&](const Schemas& one, const Schemas& other) {
    return disjoint->disjoint(one, other);
  });
  Judge judge(all, alternatives, patterns);
  disjoint = std::make_unique<Disjoint>(all, alternatives, patterns, judge);
  return judge.valid(value, all.root()).value_or(false);
}

}  // namespace hearth::constraint::testing
