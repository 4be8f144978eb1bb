// Values as they stand in the calls of Gemma: JSON, but for keys without quotes and strings that
// are written as they are between two marks.
//
// Threads: pure.
#pragma once

#include <string_view>

#include "constraint/pattern/string_set.h"
#include "constraint/rules.h"
#include "constraint/schema/json_text.h"

namespace hearth::constraint {

inline constexpr std::string_view kGemmaQuote = "<|\"|>";

// The keys that can be written.
Result<StringSet> gemma_keys();

// The rules of all values; `character` is none.
JsonRules add_gemma_rules(Rules& rules);

}  // namespace hearth::constraint
