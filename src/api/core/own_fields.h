// The object `hearth` of a request: wishes that no dialect has a word for.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  the constants below.
// Threads: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/wish.h"
#include "base/result.h"
#include "chat/request.h"
#include "json/node.h"

namespace hearth::api {

inline constexpr std::size_t kCacheScopeBytesMax = 256;
inline constexpr std::uint32_t kDeadlineMsMax = 24 * 60 * 60 * 1000;

Result<void> read_own_fields(const json::Node& node, chat::Request& request);
// Of requests that tools of this machine may be used for.
Result<void> read_own_fields(const json::Node& node, chat::Request& request,
                             std::optional<agent::Wish>& tools);
// Whether it thinks, as `node` says; refused where another field has said something else.
Result<void> set_thinking(const json::Node& node, chat::Request& request,
                          chat::Thinking::Mode mode);

}  // namespace hearth::api
