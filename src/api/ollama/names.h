// What Ollama's clients call a model: always with a tag, so that what has none here is ":latest"
// there.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "provider/provider.h"

namespace hearth::api::ollama {

// "ember" is "ember:latest".
std::string shown_name(std::string_view name);
// What this server calls what a client calls so: "ember:latest" is "ember", where there is no other
// model of that name. Anything else is as it is: names of Ollama's library mean the same here.
std::string own_name(const std::string& name, const provider::Provider& provider);

}  // namespace hearth::api::ollama
