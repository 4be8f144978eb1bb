// A Jinja template and JSON variables in, text out: the prompts of people who embed Hearth. The
// templates of models do not come this way; see chat_template.h.
//
// A template is its owner's program, and is bounded against mistakes: endless recursion, loops over
// loops, texts that double. It is no sandbox for a stranger's.
//
// Threads: pure.
// Errors:  kInvalidArgument for a template or variables that cannot be read, what the template
//          refuses, and a variable that is not defined; the message names template and line.
//          kResourceExhausted for what is over a limit; see also jinja_watch.h.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace hearth::dialogue {

inline constexpr std::size_t kJinjaBytesMax = 256 * base::kKiB;
inline constexpr std::size_t kVariablesBytesMax = 16 * base::kMiB;
inline constexpr std::size_t kNestingMax = 50;       // of brackets in a tag, and of blocks
inline constexpr std::size_t kBranchesMax = 500;     // "elif", in all
inline constexpr std::size_t kTagTokensMax = 1'000;  // between {% and %}

struct Jinja {
  std::string text;
  std::string name;  // what errors call it: "summary.jinja"
};

// `variables` is the text of a JSON object; nothing when empty.
Result<std::string> render(const Jinja& jinja, std::string_view variables);

}  // namespace hearth::dialogue
