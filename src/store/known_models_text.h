// The text of models/known.txt, compiled in by cmake/known_models.cmake.
//
// Threads: immutable.
#pragma once

#include <string_view>

namespace hearth::store {

std::string_view known_models_text();

}  // namespace hearth::store
