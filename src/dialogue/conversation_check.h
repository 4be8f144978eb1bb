// Whether a request is a conversation that a template can be asked to write: tools and calls that
// can be told apart, JSON where there has to be JSON. Arguments of a call are what a model made of
// them, and are asked about on their own.
//
// Errors:  kInvalidArgument that says which; its context is the part of the request.
// Limits:  kSchemaBytesMax, kSchemaDepthMax, kPropertyPairsMax, kArgumentsDepthMax.
// Threads: pure.
#pragma once

#include <string>

#include "base/result.h"
#include "base/units.h"
#include "chat/request.h"

namespace hearth::dialogue {

inline constexpr std::size_t kSchemaBytesMax = 256 * base::kKiB;  // of one tool's parameters
inline constexpr std::size_t kSchemaDepthMax = 48;
// Of all objects of all tools, the sum of the squares of their numbers of members: a grammar takes
// that much time to make, half a second at this limit.
inline constexpr std::size_t kPropertyPairsMax = 500'000;
inline constexpr std::size_t kArgumentsDepthMax = 128;

Result<void> check_conversation(const chat::Request& request);
Result<void> check_arguments(const chat::ToolCall& call);

}  // namespace hearth::dialogue
