// What the readers of many fields have in common.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Threads: pure.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/node.h"

namespace hearth::api {

inline constexpr std::size_t kModelNameBytesMax = 1024;

// An object with no other members than these; a null one counts as none.
Result<void> check_members(const json::Node& node, std::initializer_list<std::string_view> known);
// Of 1 to `bytes_max` bytes.
Result<std::string_view> read_text(const json::Node& node, std::size_t bytes_max);
// What a client calls a model.
Result<std::string> read_model_name(const json::Node& node);
}  // namespace hearth::api
