// Calls of tools whose arguments are exactly what the tools' schemas say, however a family writes
// them: as one JSON document or one by one. Around them stands the grammar of the answer's format.
//
// Threads: pure; thread-safe.
// Errors:  kInvalidArgument that names the tool and what of its schema cannot be kept, where a call
//          is required. Where it is the model's choice, the outline of the schema is kept then, and
//          a warning says so. Those of Effort.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "constraint/effort.h"
#include "constraint/rules.h"
#include "dialogue/answer_format.h"

namespace hearth::engine {

inline constexpr std::size_t kToolWarningsMax = 16;  // further ones are left out

struct Calls {
  dialogue::CallGrammar grammar;  // of the answer's format; without text: none are made
  bool required = false;
  std::vector<std::string> tools;  // the names of the request's, in their order
};

// Gives the warnings, each once.
Result<std::vector<std::string>> hold_to_schemas(constraint::Rules& rules, const Calls& calls,
                                                 constraint::Effort& effort);

}  // namespace hearth::engine
