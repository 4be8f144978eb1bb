// Who has to agree to a call: nobody, a person, or nobody can. Rules are about what a tool does to
// the world, about one tool, and about paths in the workspace; the mode says what becomes of
// asking.
//
// A rule that denies is never lifted. Otherwise the closer one counts: that of the path before that
// of the tool, and this before those of its effect and of the network, of which the stricter one
// counts.
//
// Rules about paths are about tools that take one: a command is free in the whole workspace.
//
// Threads: pure; values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tool/spec.h"

namespace hearth::tool {

// From the mildest to the strictest.
enum class Rule : std::uint8_t { kAuto, kAsk, kDeny };
// "auto", "ask", "deny".
std::string_view rule_name(Rule rule);
std::optional<Rule> rule_named(std::string_view name);

struct ToolRule {
  std::string tool;
  Rule rule = Rule::kAsk;
};
struct PathRule {
  std::string pattern;  // as matches_path() has it
  Rule rule = Rule::kAsk;
};

struct Policy {
  // kAuto: what would be asked is run. kAsk: somebody is asked. kDeny: what would be asked is
  // refused.
  Rule mode = Rule::kAsk;
  Rule pure = Rule::kAuto;
  Rule idempotent = Rule::kAuto;
  Rule irreversible = Rule::kAsk;
  Rule network = Rule::kAsk;
  std::vector<ToolRule> tools = {};
  std::vector<PathRule> paths = {};  // of several that match, the first
};

struct Decision {
  Rule rule = Rule::kDeny;
  std::string reason;  // a sentence without its full stop
};

// `path` is the argument that is one, as path_of_names() writes it; empty where there is none.
Decision decide(const Policy& policy, const Spec& spec, std::string_view path);

// "run_command=deny, out/**=auto": names of tools and patterns of paths, of which the latter have
// one of / * ? . in them. kInvalidArgument names what cannot be read.
Result<void> add_rules(Policy& policy, std::string_view text);

}  // namespace hearth::tool
