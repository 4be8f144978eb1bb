// Pieces of grammars in GBNF.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearth::dialogue {

using GbnfRules = std::vector<std::pair<std::string, std::string>>;  // names and bodies

std::string gbnf_literal(std::string_view text);

// Any text in which none of the marks stands: the name of its first rule, which are added.
std::string add_text_without(GbnfRules& rules, const std::vector<std::string>& marks);

}  // namespace hearth::dialogue
