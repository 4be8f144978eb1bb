// Calls into libraries that report by exception what they did not expect: a request ends by that,
// the process does not.
//
// Errors: kOutOfMemory for std::bad_alloc, else the code given and the library's own words.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <type_traits>

#include "base/result.h"

namespace hearth::base {

// `who` and `what` begin the sentence of an error: "llama.cpp cannot " and "decode".
template <typename Call>
auto guarded(Code code, const char* who, const char* what, Call&& call)
    -> Result<std::invoke_result_t<Call>> {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return fail(Code::kOutOfMemory, std::string("not enough memory to ") + what);
  } catch (const std::exception& e) {
    return fail(code, std::string(who) + what + ": " + e.what());
  }
}

}  // namespace hearth::base
