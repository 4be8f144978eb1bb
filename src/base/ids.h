// Names for requests and answers: unguessable, and in the order of their making.
//
// Threads: thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace hearth::base {

// "PREFIX-" and 26 characters of Crockford base 32: 48 bits of wall time, 80 bits of randomness.
std::string make_id(std::string_view prefix);

}  // namespace hearth::base
