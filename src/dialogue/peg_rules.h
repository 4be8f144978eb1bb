// The chat library's parser of answers, taken apart: what a rule is made of, and what its marks
// (tags) say about calls.
//
// Threads: pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <peg-parser.h>

#include "dialogue/tool_outlines.h"

namespace hearth::dialogue {

std::vector<common_peg_parser_id> parts_of(const common_peg_arena& rules, common_peg_parser_id id);

// The part itself, when it is of this kind; nullptr else.
template <typename Kind>
const Kind* as(const common_peg_arena& rules, common_peg_parser_id id) {
  return std::get_if<Kind>(&rules.get(id));
}

bool is_tagged(const common_peg_arena& rules, common_peg_parser_id id, std::string_view tag);

// The first part for which `wanted` holds, in the order in which it is read, looking into each
// once.
template <typename Wanted>
std::optional<common_peg_parser_id> find_part(const common_peg_arena& rules,
                                              common_peg_parser_id root, const Wanted& wanted) {
  std::vector<bool> seen(rules.size());
  std::vector<common_peg_parser_id> open{root};
  while (!open.empty()) {
    const common_peg_parser_id id = open.back();
    open.pop_back();
    if (seen[id]) continue;
    seen[id] = true;
    if (wanted(id)) return id;
    const std::vector<common_peg_parser_id> parts = parts_of(rules, id);
    open.insert(open.end(), parts.rbegin(), parts.rend());
  }
  return std::nullopt;
}

// The parser as it reads answers: with the names of the tools and members in it.
common_peg_arena revealed(common_peg_arena rules, const ToolOutlines& tools);

}  // namespace hearth::dialogue
