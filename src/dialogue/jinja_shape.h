// Whether the tokens of a template can be parsed and run by recursion: the engine calls itself for
// each bracket and block, and asks nobody how deep.
//
// Errors:  kResourceExhausted; the message completes "the template …".
// Threads: pure.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "dialogue/jinja_engine.h"

namespace hearth::dialogue {

inline constexpr std::size_t kTemplateNestingMax = 50;  // of brackets in a tag, and of blocks
inline constexpr std::size_t kBranchesMax = 500;        // "elif", in all
inline constexpr std::size_t kTagTokensMax = 1'000;     // between {% and %}
inline constexpr std::size_t kNamesMax = 1'000;         // of variables, members, filters and words

Result<void> check_shape(const jinja::lexer_result& read);

}  // namespace hearth::dialogue
