// The code points of a text, for what counts characters and not bytes.
//
// REQUIRES: UTF-8.
// Threads:  pure.
#pragma once

#include <string>
#include <string_view>

namespace hearth::constraint {

std::u32string code_points(std::string_view text);

}  // namespace hearth::constraint
