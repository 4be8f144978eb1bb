// Bytes as text of 64 signs, padded (RFC 4648, section 4).
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

namespace hearth::base {

// Behind what `out` already has.
void append_base64(std::string& out, std::string_view bytes);

}  // namespace hearth::base
