#include "engine/call_rules.h"

#include <algorithm>

#include "chat/request_part.h"
#include "constraint/schema.h"

namespace hearth::engine {

namespace {

bool is_kept_in_names(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

// As the chat library names the rule of a tool's arguments: runs of what a name may not contain
// are one dash.
std::string rule_name(const std::string& tool) {
  std::string name;
  for (const char c : "tool-" + tool + "-schema") {
    const bool kept = is_kept_in_names(c);
    if (kept || !name.ends_with('\x1F')) name += kept ? c : '\x1F';
  }
  std::replace(name.begin(), name.end(), '\x1F', '-');
  return name;
}

}  // namespace

Result<void> hold_to_schemas(constraint::Rules& rules, const Calls& calls,
                             constraint::Effort& effort) {
  for (const chat::Tool& tool : calls.tools) {
    const std::string name = rule_name(tool.name);
    const auto shares_name = [&](const chat::Tool& one) { return rule_name(one.name) == name; };
    const auto rule = std::find_if(rules.rules.begin(), rules.rules.end(),
                                   [&](const constraint::Rule& one) { return one.name == name; });
    if (rule == rules.rules.end() || tool.parameters.empty()) continue;
    if (std::count_if(calls.tools.begin(), calls.tools.end(), shares_name) > 1) continue;
    const auto place = rule - rules.rules.begin();
    auto exact = constraint::rules_of_schema(tool.parameters, effort);
    HEARTH_TRY(effort.check());
    if (!exact && !calls.required) continue;
    if (!exact) {
      const auto index = static_cast<std::size_t>(&tool - calls.tools.data());
      return fail(Code::kInvalidArgument,
                  "the parameters of the tool '" + tool.name + "': " + exact.error().message,
                  chat::part_context({chat::RequestPart::Kind::kParameters, index}));
    }
    const std::uint32_t root = constraint::append(rules, *std::move(exact));
    rules.rules[static_cast<std::size_t>(place)].body = constraint::rule(root);
  }
  return {};
}

}  // namespace hearth::engine
