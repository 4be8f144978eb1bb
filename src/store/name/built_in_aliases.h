// The text of models/aliases.txt, compiled in by cmake/built_in_aliases.cmake.
//
// Threads: immutable.
#pragma once

#include <string_view>

namespace hearth::store {

std::string_view built_in_aliases();

}  // namespace hearth::store
