// Text that was there before a rule held it, taken in as the beginning of what the rule allows. In
// JSON blanks stand wherever somebody laid it out; rules write none of most of them, so they are
// read over.
//
// Threads: pure.
// Errors:  those of a Matcher.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "constraint/matcher.h"
#include "dialogue/answer_format.h"

namespace hearth::engine {

struct BegunText {
  std::string text;  // as the rule would have written it
  constraint::Matcher matcher;
  // It ends with a blank behind a number or name that could go on: no rule knows that blank.
  bool ends_in_word = false;
};

enum class Blanks : bool { kAsTheyAre, kReadOver };

// Nothing where the rule begins no text so.
Result<std::optional<BegunText>> take_in(constraint::Matcher matcher, std::string_view text,
                                         Blanks blanks);

// Whether the blanks of a call may be read over: not where its strings stand without quotes.
Blanks blanks_of_calls(const dialogue::CallGrammar& calls);

}  // namespace hearth::engine
