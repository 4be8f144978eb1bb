// A request in the words of llama.cpp's chat library.
//
// Threads: pure.
#pragma once

#include "chat/request.h"

struct common_chat_templates_inputs;

namespace hearth::dialogue {

common_chat_templates_inputs make_template_inputs(const chat::Request& request);

}  // namespace hearth::dialogue
