// Sums as people write them, computed exactly: + - * / % ^ and parentheses on decimal numbers.
//
// Threads: pure.
// Errors:  kInvalidArgument says what is wrong and where.
// Limits:  kExpressionBytesMax, kExpressionDepthMax; numbers of more than about 38 digits.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::tool {

inline constexpr std::size_t kExpressionBytesMax = 1000;
inline constexpr int kExpressionDepthMax = 50;

// "42", "-0.125"; what has no end as a decimal is rounded and says so: "0.333333333333 (1/3)".
Result<std::string> calculate(std::string_view expression);

}  // namespace hearth::tool
