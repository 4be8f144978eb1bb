// What somebody who called a model by a raw prompt wants of its raw output: the answer alone. For
// whole outputs of a known model type; the answers of a chat are read by answer_reader.h.
//
// Threads: pure.
#pragma once

#include <string_view>

#include "dialogue/model_type.h"

namespace hearth::dialogue {

// The part of `raw` that is the answer: without the prompt, where that was repeated; without what
// the model thought before it; up to the first mark that ends it; and without space around it.
// Empty when the model had not come to its answer.
std::string_view bare_answer(const ModelType& type, std::string_view raw);

}  // namespace hearth::dialogue
