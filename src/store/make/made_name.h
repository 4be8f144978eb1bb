// What a model that is made here may be called. A name means what it means everywhere
// (docs/model-names.md), so `mine` is `mine:latest` of Ollama's library, as with Ollama; and it
// must not be one that already means another thing, or nobody would reach the new model by it.
//
// Threads: thread-safe; looks at the disk.
// Errors:  kInvalidArgument and kAlreadyExists, with what to do.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/catalog.h"
#include "store/name/aliases.h"

namespace hearth::store {

// No path, no URL, no alias, no model that ships with Hearth, no file of the models folder, and no
// model that was pulled. A model that was made here may be made anew.
Result<ModelName> name_for_made(const std::string& text, const Catalog& catalog,
                                const Aliases& aliases);

// What to call the model of a file when nobody says: "Llama 3.gguf" is Llama-3. Empty where nothing
// of the file's name can stand in a model's.
std::string name_of_path(std::string_view path);

}  // namespace hearth::store
