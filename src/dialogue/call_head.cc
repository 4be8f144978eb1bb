#include "dialogue/call_head.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <chat-peg-parser.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dialogue/peg_rules.h"

namespace hearth::dialogue {

namespace {

using Id = common_peg_parser_id;

constexpr std::string_view kSigns = R"(^$\.*+?()[]{}|/)";  // of patterns

struct Head {
  std::string pattern;
  bool named = false;  // it ends before the name of a tool, or where nothing more can be told
};

std::string escaped(std::string_view text) {
  std::string pattern;
  for (const char byte : text) {
    if (kSigns.find(byte) != std::string_view::npos) pattern += '\\';
    pattern += byte;
  }
  return pattern;
}

class HeadReader {
 public:
  HeadReader(const common_peg_arena& rules, const ToolOutlines& tools)
      : rules_(rules), tools_(tools) {}

  Head head(Id id) const {
    if (const auto* literal = as<common_peg_literal_parser>(rules_, id)) {
      if (tools_.find_tool(literal->literal) != nullptr) return {"", true};
      return {escaped(tools_.revealed(literal->literal)), false};
    }
    if (as<common_peg_space_parser>(rules_, id) != nullptr) return {"\\s*", false};
    if (as<common_peg_schema_parser>(rules_, id) != nullptr ||
        is_tagged(rules_, id, common_chat_peg_builder::TOOL_ARGS)) {
      return {"", true};
    }
    if (as<common_peg_and_parser>(rules_, id) != nullptr ||
        as<common_peg_not_parser>(rules_, id) != nullptr) {
      return {};
    }
    if (const auto* choice = as<common_peg_choice_parser>(rules_, id))
      return one_of(choice->children);
    if (const auto* repetition = as<common_peg_repetition_parser>(rules_, id))
      return repeated(*repetition);
    const std::vector<Id> parts = parts_of(rules_, id);
    if (parts.empty()) return {"", as<common_peg_epsilon_parser>(rules_, id) == nullptr};
    return in_turn(parts);
  }

 private:
  Head in_turn(const std::vector<Id>& parts) const {
    Head all;
    for (const Id part : parts) {
      const Head next = head(part);
      all.pattern += next.pattern;
      all.named = next.named;
      if (all.named) break;
    }
    return all;
  }

  // Those of many tools begin alike.
  Head one_of(const std::vector<Id>& parts) const {
    std::vector<std::string> ways;
    Head all;
    for (const Id part : parts) {
      const Head next = head(part);
      all.named = all.named || next.named;
      if (std::find(ways.begin(), ways.end(), next.pattern) == ways.end())
        ways.push_back(next.pattern);
    }
    all.pattern = fmt::format("{}", fmt::join(ways, "|"));
    if (ways.size() > 1) all.pattern = "(?:" + all.pattern + ")";
    return all;
  }

  Head repeated(const common_peg_repetition_parser& repetition) const {
    Head part = head(repetition.child);
    if (part.named || part.pattern.empty()) return part;
    part.pattern = "(?:" + part.pattern + ")" + (repetition.min_count == 0 ? "" : "+");
    if (repetition.min_count == 0) part.pattern += repetition.max_count == 1 ? "?" : "*";
    return part;
  }

  const common_peg_arena& rules_;
  const ToolOutlines& tools_;
};

}  // namespace

std::string call_head(const common_peg_arena& rules, const ToolOutlines& tools) {
  const HeadReader reader(rules, tools);
  for (Id id = 0; id < rules.size(); ++id) {
    const auto* rule = as<common_peg_rule_parser>(rules, id);
    if (rule == nullptr || !rule->trigger || rules.get_rule(rule->name) != id) continue;
    const Head head = reader.head(rule->child);
    if (head.named) return head.pattern;
  }
  return {};
}

}  // namespace hearth::dialogue
