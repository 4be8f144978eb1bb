// Who holds a model, in words.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "store/model_file.h"

namespace hearth::store {

// For the API: "store", "folder", "built_in", "ollama", "lm_studio", "hugging_face_cache"; "path"
// for what nobody holds.
std::string_view holder_word(Holder holder);
// kNobody for a word that is none.
Holder holder_of(std::string_view word);

// For people, of the programs whose models are found: "LM Studio".
std::string_view program_name(Holder holder);

// What stands in front of a name that is Ollama's for a model, where Hearth's could be meant.
inline constexpr std::string_view kOllamaPrefix = "ollama:";

// How its holder removes it: "`ollama rm qwen2.5:0.5b`". REQUIRES: a model that was found.
std::string how_to_remove(const ModelFile& model);

}  // namespace hearth::store
