// The types of JSON values, as bits of a set. A number is a whole one or another: "integer" is the
// first, "number" both.
//
// Threads: values.
#pragma once

#include <cstdint>

namespace hearth::constraint {

using Types = std::uint8_t;
inline constexpr Types kNull = 1;
inline constexpr Types kBoolean = 2;
inline constexpr Types kWhole = 4;
inline constexpr Types kOtherNumber = 8;
inline constexpr Types kString = 16;
inline constexpr Types kArray = 32;
inline constexpr Types kObject = 64;
inline constexpr Types kAllTypes = 127;

}  // namespace hearth::constraint
