// Calls of tools whose arguments are exactly what the tools' schemas say. llama.cpp's chat library
// writes the grammar around them, and for the arguments one of its own, which leaves out what it
// does not know; where a family writes the arguments as one JSON document, that one gives way.
//
// Threads: pure; thread-safe.
// Errors:  kInvalidArgument that names the tool and what of its schema cannot be kept, where a call
//          is required; where it is the model's choice, llama.cpp's rule then stays. Those of
//          Effort.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "constraint/effort.h"
#include "constraint/rules.h"

namespace hearth::engine {

struct Calls {
  std::string grammar;  // as the chat library wrote it; empty: none are made
  std::vector<chat::Tool> tools;
  bool required = false;
};

Result<void> hold_to_schemas(constraint::Rules& rules, const Calls& calls,
                             constraint::Effort& effort);

}  // namespace hearth::engine
