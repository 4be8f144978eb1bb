// A model's sheet as POST /api/show tells it.
//
// Threads: pure.
#pragma once

#include <string>

#include "fleet/fit/model_sheet.h"

namespace hearth::api::ollama {

std::string show_body(const fleet::ModelSheet& sheet);

}  // namespace hearth::api::ollama
