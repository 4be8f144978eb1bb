// Calls into llama.cpp, which reports by exception what it did not expect: a request ends by that,
// the process does not.
//
// Errors: kOutOfMemory for std::bad_alloc, kInternal with llama.cpp's own words for the rest.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <type_traits>

#include "base/result.h"

namespace hearth::engine {

// `what` completes the sentence "llama.cpp cannot …".
template <typename Call>
auto guarded(const char* what, Call&& call) -> Result<std::invoke_result_t<Call>> {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return fail(Code::kOutOfMemory, std::string("not enough memory to ") + what);
  } catch (const std::exception& e) {
    return fail(Code::kInternal, std::string("llama.cpp cannot ") + what + ": " + e.what());
  }
}

}  // namespace hearth::engine
