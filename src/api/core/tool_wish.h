// What a request asks of the tools of this machine, in its object `hearth`: `tools` (true, or
// names), and beside it `workspace` and `rounds`. docs/tools.md has it for people.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  the constants below, and agent::kRoundsMax.
// Threads: pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "agent/wish.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api {

inline constexpr std::string_view kToolsField = "hearth.tools";
inline constexpr std::size_t kToolNamesMax = 100;
inline constexpr std::size_t kWorkspaceBytesMax = 4096;

bool is_tool_wish_field(std::string_view name);
// Of the object `hearth`; nothing where no tools are asked for.
Result<std::optional<agent::Wish>> read_tool_wish(const json::Node& own);
// For requests that only count or write a prompt.
Result<void> take_no_tool_wish(const std::optional<agent::Wish>& wish);

}  // namespace hearth::api
