// A model's sheet for people, from the daemon's answer, and as a Modelfile that makes another model
// of it.
//
// Threads: pure.
// Errors:  kInvalidArgument for a text that a Modelfile cannot have.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/show/fields.h"

namespace hearth::cli {

std::string sheet_text(const AnswerFields& sheet);
Result<std::string> sheet_modelfile(const AnswerFields& sheet);
// "NAME VALUE", one a line.
std::string parameters_set(const AnswerFields& sheet);

}  // namespace hearth::cli
