// Where in what it holds an answer begins, when the prompt ends with a text of it: a document that
// was begun is gone on with, and so is a call; a call that is required may follow other text where
// the model's family reads one there. What looks like a call and is none of those that the rule
// allows is text, and so is all that follows it: nothing is called that is not held to form.
//
// Threads: pure.
// Errors:  kInvalidArgument, whose context is the part of the request, where the answer cannot go
//          on from its text as it is asked to.
// Limits:  kBegunCallBytesMax, kBegunCallsTried: no call is looked for further back.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "chat/request.h"
#include "engine/guide.h"

namespace hearth::engine {

inline constexpr std::size_t kBegunCallBytesMax = 16UL * 1024;
inline constexpr std::size_t kBegunCallsTried = 16;

// REQUIRES: orders whose rule is made. Without effect where the answer goes on with no text.
Result<void> go_on(const chat::Request& asked, Orders& orders);

}  // namespace hearth::engine
