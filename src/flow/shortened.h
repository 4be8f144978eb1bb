// Texts that somebody else has written, cut to what is useful of them: the beginning and the end.
//
// Threads: pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hearth::flow {

// Without its middle where it is longer than `most` bytes; it says how much that was. What is cut
// stays whole characters.
std::string shortened(std::string_view text, std::size_t most);

}  // namespace hearth::flow
