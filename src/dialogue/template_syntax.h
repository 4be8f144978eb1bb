// Whether a chat template can be read, and if not, what is wrong with it and where, in the engine's
// words: the chat library, which reads it by the same parser, tells nobody.
//
// REQUIRES: a Watch lives.
// Errors:   kUnimplemented, "line 3, column 8: Unknown statement: endfr".
// Threads:  pure.
// Limits:   those of template_check.h and jinja_shape.h.
#pragma once

#include <string>

#include "base/result.h"

namespace hearth::dialogue {

Result<void> check_syntax(const std::string& text);

}  // namespace hearth::dialogue
