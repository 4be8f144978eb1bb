// The seam between llama.cpp, which throws, and us, who do not.
//
//   auto tokens = HEARTH_TRY(guarded("tokenize", [&] { return tokenize_raw(text); }));
//
// Errors: kOutOfMemory for std::bad_alloc, kInternal with its words for anything else.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <type_traits>

#include "base/result.h"

namespace hearth::engine {

template <typename Call>
Result<std::invoke_result_t<Call>> guarded(const char* what, Call&& call) {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Call>>) {
      call();
      return {};
    } else {
      return call();
    }
  } catch (const std::bad_alloc&) {
    return fail(Code::kOutOfMemory, std::string("not enough memory to ") + what);
  } catch (const std::exception& e) {
    return fail(Code::kInternal, std::string("llama.cpp could not ") + what + ": " + e.what());
  }
}

}  // namespace hearth::engine
