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
#include "dialogue/tool_outlines.h"

struct common_chat_params;

namespace hearth::dialogue {

// What of a template does not depend on the request.
struct TemplateMarks {
  const std::vector<std::string>& special_texts;
  const TextFrame& frame;
};

// `params` are about these tools under their numbers.
Result<AnswerFormat> make_format(const common_chat_params& params, const chat::Request& request,
                                 const ToolOutlines& tools, const TemplateMarks& marks);
// `params` are those of an answer that has to call one of these tools.
Result<CallGrammar> calls_alone(const common_chat_params& params, const ToolOutlines& tools);

// Whether a thought between the marks that the library names is read as one.
bool reads_thinking(const common_chat_params& params, const chat::Request& request);

}  // namespace hearth::dialogue
