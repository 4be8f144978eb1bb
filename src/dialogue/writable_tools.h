// Tools as a chat template can write them. Many templates write parameters in a language of their
// own and fail at schemas that people use: a list of types, a reference, a list that does not say
// of what. A tool that its template cannot write is shown with a plainer schema
// (constraint/plain_schema.h), which is for the model to read; its calls are held to the tool's
// own. All other tools stay as they are.
//
// Errors:  kInvalidArgument that names the tool, its property and what to change; its context is
//          the tool's parameters. What `write` gives else.
// Limits:  kPropertiesTried.
// Threads: pure but for `write`.
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "chat/request.h"

namespace hearth::dialogue {

inline constexpr std::size_t kPropertiesTried = 64;  // to name the one that cannot be written

// Whether the template can write this tool, alone: kInvalidArgument where it cannot; any other
// error ends the matter.
using WriteTool = std::function<Result<void>(const chat::Tool&)>;

// A tool stays as it is, too, where its schema is not what hinders.
Result<std::vector<chat::Tool>> writable_tools(std::vector<chat::Tool> tools,
                                               const WriteTool& write);

}  // namespace hearth::dialogue
