// What a model's template can express, as JSON: {"system":true,…}, or null while nobody knows.
//
// Threads: pure.
#pragma once

#include <optional>

#include "chat/request.h"
#include "json/writer.h"

namespace hearth::api {

void write_capabilities(json::Writer& json, const std::optional<chat::Capabilities>& capabilities);

}  // namespace hearth::api
