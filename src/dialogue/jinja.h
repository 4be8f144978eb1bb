// A Jinja template and JSON variables in, text out: the prompts of people who embed Hearth. The
// templates of models do not come this way; see chat_template.h.
//
// A template is its owner's program, and is bounded against mistakes: endless recursion, loops over
// loops, texts that double. It is no sandbox for a stranger's.
//
// Threads: pure.
// Errors:  kInvalidArgument for a template or variables that cannot be read, what the template
//          refuses, and a variable that is not defined; the message names template and line.
//          kResourceExhausted for what is over a limit; see also jinja_watch.h and jinja_shape.h.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"
#include "dialogue/jinja_allowance.h"

namespace hearth::dialogue {

inline constexpr std::size_t kJinjaBytesMax = 256 * base::kKiB;
inline constexpr std::size_t kVariablesBytesMax = 16 * base::kMiB;
inline constexpr Allowance kRenderAllowance = {.steps = 200'000, .bytes = 64 * base::kMiB};

struct Jinja {
  std::string text;
  std::string name;  // what errors call it: "summary.jinja"
  Allowance allowance = kRenderAllowance;
};

// `variables` is the text of a JSON object; nothing when empty.
Result<std::string> render(const Jinja& jinja, std::string_view variables);

}  // namespace hearth::dialogue
