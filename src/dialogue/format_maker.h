// What llama.cpp's chat library found out about a template, as the format of an answer.
//
// Errors:  kInternal when the library gives what it cannot read itself.
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "dialogue/answer_format.h"

struct common_chat_params;

namespace hearth::dialogue {

// Whether a thought between the marks that the library names is read as one.
bool reads_thinking(const common_chat_params& params, const chat::Request& request);
Result<AnswerFormat> make_format(const common_chat_params& params, const chat::Request& request,
                                 const std::vector<std::string>& special_texts,
                                 const TextFrame& frame);

}  // namespace hearth::dialogue
