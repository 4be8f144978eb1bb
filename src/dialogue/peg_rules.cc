#include "dialogue/peg_rules.h"

namespace hearth::dialogue {

using Id = common_peg_parser_id;

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
