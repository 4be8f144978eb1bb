// Calls into llama.cpp's chat library; see base/guarded.h.
#pragma once

#include <utility>

#include "base/guarded.h"

namespace hearth::dialogue {

// `what` completes the sentence "cannot …".
template <typename Call>
auto library_call(Code code, const char* what, Call&& call) {
  return base::guarded(code, "cannot ", what, std::forward<Call>(call));
}

}  // namespace hearth::dialogue
