#include "constraint/schema.h"
#include "constraint/schema/json_text.h"
#include "constraint/schema/prune.h"

namespace hearth::constraint {

Rules rules_of_any_object() {
  Rules rules;
  const JsonRules json = add_json_rules(rules, Layout::kPretty);
  rules.root = json.object;
  return *without_dead_ends(std::move(rules));
}

}  // namespace hearth::constraint
