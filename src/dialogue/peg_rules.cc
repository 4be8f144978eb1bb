#include "dialogue/peg_rules.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace hearth::dialogue {

namespace {

using Id = common_peg_parser_id;

// The first name of a tool or an argument that a part reads; empty when it reads none.
std::string name_in(const common_peg_arena& rules, const ToolOutlines& tools, Id id) {
  std::string name;
  find_part(rules, id, [&](Id part) {
    const auto* literal = as<common_peg_literal_parser>(rules, part);
    if (literal == nullptr) return false;
    if (const auto* tool = tools.find_tool(literal->literal)) name = tool->name;
    if (const auto* member = tools.find_member(literal->literal)) name = member->name;
    return !name.empty();
  });
  return name;
}

// An answer is read while it is written: a name that another begins with would be taken for the
// whole, were it tried first.
void try_longer_names_first(common_peg_arena& rules, const ToolOutlines& tools, Id id) {
  auto& choice = std::get<common_peg_choice_parser>(rules.get(id));
  std::vector<std::pair<std::string, Id>> named;
  for (const Id part : choice.children) {
    named.emplace_back(name_in(rules, tools, part), part);
    if (named.back().first.empty()) return;
  }
  std::sort(named.begin(), named.end(), std::greater<>());
  for (std::size_t i = 0; i < named.size(); ++i)
    choice.children[i] = named[i].second;
}

}  // namespace

std::vector<Id> parts_of(const common_peg_arena& rules, Id id) {
  return std::visit(
      [&](const auto& parser) -> std::vector<Id> {
        if constexpr (requires { parser.children; }) {
          return parser.children;
        } else if constexpr (requires { parser.child; }) {
          return {parser.child};
        } else if constexpr (std::is_same_v<std::decay_t<decltype(parser)>,
                                            common_peg_ref_parser>) {
          return {rules.get_rule(parser.name)};
        } else {
          return {};
        }
      },
      rules.get(id));
}

bool is_tagged(const common_peg_arena& rules, Id id, std::string_view tag) {
  const auto* tagged = as<common_peg_tag_parser>(rules, id);
  return tagged != nullptr && tagged->tag == tag;
}

common_peg_arena revealed(common_peg_arena rules, const ToolOutlines& tools) {
  for (Id id = 0; id < rules.size(); ++id) {
    if (as<common_peg_choice_parser>(rules, id) != nullptr)
      try_longer_names_first(rules, tools, id);
  }
  const auto reveal = [&](std::string& text) { text = tools.revealed(text); };
  for (Id id = 0; id < rules.size(); ++id) {
    auto& parser = rules.get(id);
    if (auto* literal = std::get_if<common_peg_literal_parser>(&parser)) reveal(literal->literal);
    if (auto* until = std::get_if<common_peg_until_parser>(&parser)) {
      for (std::string& mark : until->delimiters)
        reveal(mark);
    }
    if (auto* up_to = std::get_if<common_peg_ac_parser>(&parser)) {
      for (std::string& mark : up_to->delimiters)
        reveal(mark);
    }
  }
  return rules;
}

}  // namespace hearth::dialogue
