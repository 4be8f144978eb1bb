// The parts of a tool that every dialect describes alike: its name, and the schema of what it
// takes.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  the constants below.
// Threads: pure.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "json/node.h"

namespace hearth::api {

inline constexpr std::size_t kToolNameBytesMax = 128;
inline constexpr std::size_t kSchemaBytesMax = 1024 * 1024;  // of one schema, and of a grammar

// Of letters, digits, '_', '-' and '.'.
Result<std::string> read_tool_name(const json::Node& node);
// As text; empty where an object without members says no more than that there are no parameters.
Result<std::string> read_tool_schema(const json::Node& node);

}  // namespace hearth::api
