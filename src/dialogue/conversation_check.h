// Whether a request is a conversation that a template can be asked to write: tools and calls that
// can be told apart, JSON where there has to be JSON.
//
// Errors:  kInvalidArgument that says which; kResourceExhausted for what is over a limit.
// Limits:  kSchemaBytesMax, kSchemaDepthMax, kArgumentsDepthMax.
// Threads: pure.
#pragma once

#include <string>

#include "base/result.h"
#include "base/units.h"
#include "chat/request.h"

namespace hearth::dialogue {

inline constexpr std::size_t kSchemaBytesMax = 256 * base::kKiB;  // of one tool's parameters
inline constexpr std::size_t kSchemaDepthMax = 48;
inline constexpr std::size_t kArgumentsDepthMax = 128;

Result<void> check_conversation(const chat::Request& request);

}  // namespace hearth::dialogue
