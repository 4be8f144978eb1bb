// Calls into llama.cpp; see base/guarded.h. What is unexpected there is kInternal.
#pragma once

#include <utility>

#include "base/guarded.h"

namespace hearth::engine {

// `what` completes the sentence "llama.cpp cannot …".
template <typename Call>
auto guarded(const char* what, Call&& call) {
  return base::guarded(Code::kInternal, "llama.cpp cannot ", what, std::forward<Call>(call));
}

}  // namespace hearth::engine
