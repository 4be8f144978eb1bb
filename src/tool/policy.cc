#include "tool/policy.h"

#include <algorithm>

#include <fmt/format.h>

#include "tool/workspace_path.h"

namespace hearth::tool {

namespace {

// A rule, and what it is about.
struct Said {
  Rule rule = Rule::kAuto;
  std::string why;
};

Said rule_of_effect(const Policy& policy, Effect effect) {
  switch (effect) {
    case Effect::kPure:
      return {policy.pure, "it changes nothing"};
    case Effect::kIdempotent:
      return {policy.idempotent, "it changes the workspace in a way that can be repeated"};
    case Effect::kIrreversible:
      break;
  }
  return {policy.irreversible, "it does what cannot be undone or repeated"};
}

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

bool is_pattern(std::string_view text) {
  return text.find_first_of("/*?.") != std::string_view::npos;
}

Result<void> add_rule(Policy& policy, std::string_view text) {
  const std::size_t equals = text.rfind('=');
  const bool has_rule = equals != std::string_view::npos;
  const auto rule = rule_named(has_rule ? without_blanks(text.substr(equals + 1)) : "");
  const std::string_view about = without_blanks(text.substr(0, equals));
  if (!rule || about.empty()) {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' is no rule; write a tool or a pattern of paths and auto, ask or "
                            "deny, as in run_command=deny, out/**=auto",
                            text));
  }
  if (is_pattern(about)) {
    policy.paths.push_back({std::string(about), *rule});
  } else {
    policy.tools.push_back({std::string(about), *rule});
  }
  return {};
}

}  // namespace

std::string_view rule_name(Rule rule) {
  switch (rule) {
    case Rule::kAuto:
      return "auto";
    case Rule::kAsk:
      return "ask";
    case Rule::kDeny:
      break;
  }
  return "deny";
}

std::optional<Rule> rule_named(std::string_view name) {
  for (const Rule rule : {Rule::kAuto, Rule::kAsk, Rule::kDeny}) {
    if (rule_name(rule) == name) return rule;
  }
  return std::nullopt;
}

Decision decide(const Policy& policy, const Spec& spec, std::string_view path) {
  Said said = rule_of_effect(policy, spec.effect);
  if (spec.reaches_network && policy.network > said.rule)
    said = {policy.network, "it reaches the network"};
  const auto heed = [&said](Rule rule, std::string why) {
    if (said.rule != Rule::kDeny) said = {rule, std::move(why)};
  };
  for (const ToolRule& one : policy.tools) {
    if (one.tool == spec.name)
      heed(one.rule, fmt::format("there is a rule {}={}", one.tool, rule_name(one.rule)));
  }
  if (!path.empty()) {
    const auto matching = [&](const PathRule& one) { return matches_path(one.pattern, path); };
    const auto found = std::ranges::find_if(policy.paths, matching);
    if (found != policy.paths.end())
      heed(found->rule,
           fmt::format("there is a rule {}={}", found->pattern, rule_name(found->rule)));
  }
  Decision decision{said.rule, fmt::format("{}: {}", spec.name, said.why)};
  if (said.rule != Rule::kAsk || policy.mode == Rule::kAsk) return decision;
  decision.rule = policy.mode;
  decision.reason += policy.mode == Rule::kAuto ? ", and nobody wants to be asked"
                                                : ", and nobody is there to be asked";
  return decision;
}

Result<void> add_rules(Policy& policy, std::string_view text) {
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view one = without_blanks(text.substr(0, comma));
    if (!one.empty()) HEARTH_TRY(add_rule(policy, one));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return {};
}

}  // namespace hearth::tool
