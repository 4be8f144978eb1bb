// What of a request decides the format of its answer, as a text to keep it under.
//
// Threads: pure.
#pragma once

#include <string>

#include "chat/request.h"

namespace hearth::dialogue {

// The text of the answer is what a constraint says, without marks around it. What it says does not
// decide the format.
inline bool is_held_to_form(const chat::Request& request) {
  return request.constraint.kind != chat::Constraint::Kind::kNone;
}

// The answer is calls of tools and nothing else.
inline bool must_call(const chat::Request& request) {
  return !request.tools.empty() && (request.tool_choice.kind == chat::ToolChoice::Kind::kRequired ||
                                    request.tool_choice.kind == chat::ToolChoice::Kind::kNamed);
}

// `prompt_end` is what the prompt has written of the answer.
std::string request_key(const chat::Request& request, const std::string& prompt_end);

}  // namespace hearth::dialogue
