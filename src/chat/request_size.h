// How many bytes of text and tokens a request holds: what it costs to let it wait. Its fixed parts
// are not counted.
//
// Threads: pure.
#pragma once

#include <cstdint>

#include "chat/request.h"

namespace hearth::chat {

std::uint64_t content_bytes(const Request& request);
std::uint64_t content_bytes(const TokenizeRequest& request);
std::uint64_t content_bytes(const EmbedRequest& request);

}  // namespace hearth::chat
