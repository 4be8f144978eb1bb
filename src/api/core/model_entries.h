// Which of the models that there are a client means.
//
// Threads: pure.
#pragma once

#include <string_view>
#include <vector>

#include "provider/provider.h"

namespace hearth::api {

// What Ollama's clients say of every name that has no tag.
inline constexpr std::string_view kLatestTag = ":latest";

// By its name in any case of letters, also with kLatestTag where none has that name itself.
// nullptr where there is none.
const provider::ModelEntry* find_entry(const std::vector<provider::ModelEntry>& models,
                                       std::string_view name);

}  // namespace hearth::api
