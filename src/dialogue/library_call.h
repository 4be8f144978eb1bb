// Calls into llama.cpp's chat library, which reports by exception what it did not expect: a
// request ends by that, the process does not.
//
// Errors: kOutOfMemory for std::bad_alloc, else the code given and the library's own words.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <type_traits>

#include "base/result.h"

namespace hearth::dialogue {

// `what` completes the sentence "cannot …".
template <typename Call>
auto library_call(Code code, const char* what, Call&& call) -> Result<std::invoke_result_t<Call>> {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return fail(Code::kOutOfMemory, std::string("not enough memory to ") + what);
  } catch (const std::exception& e) {
    return fail(code, std::string("cannot ") + what + ": " + e.what());
  }
}

}  // namespace hearth::dialogue
