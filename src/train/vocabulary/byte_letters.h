// How a vocabulary file writes bytes: each as one printable character, the way GPT-2 began it.
// Bytes that print stand for themselves; the others are U+0100 and on.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

namespace hearth::train {

std::string byte_letters(std::string_view bytes);

}  // namespace hearth::train
