// Grammars in the notation of llama.cpp (GBNF), read without trust.
//
// Errors:  kInvalidArgument that names line, column and what was expected there. What peers hand
//          to another engine ("%llguidance") is refused by name.
// Threads: pure; thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "constraint/rules.h"

namespace hearth::constraint {

inline constexpr std::size_t kGbnfBytesMax = 1024 * 1024;

// The token whose text is exactly this; grammars may name tokens so: <think>.
using FindToken = std::function<std::optional<Token>(std::string_view text)>;

Result<Rules> parse_gbnf(std::string_view text, const FindToken& find_token = {});

}  // namespace hearth::constraint
