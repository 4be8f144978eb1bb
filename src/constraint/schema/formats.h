// The formats that are honoured, each as a pattern of all its strings. Other names of formats
// are annotations, as draft 2020-12 has them.
//
// Threads: pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hearth::constraint {

// Anchored on both sides; nothing for a name that is an annotation.
std::optional<std::string> pattern_of_format(std::string_view name);

}  // namespace hearth::constraint
