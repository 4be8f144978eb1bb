// Result<T>: a value or an Error; and HEARTH_TRY, which hands an Error to the caller.
//
//   Result<Header> load_header(const Path& path) {
//     auto file = HEARTH_TRY(open_file(path));      // returns the Error, or yields the value
//     HEARTH_TRY(check_size(file));                  // Result<void> works too
//     …
//   }
//
// Never `co_await` inside HEARTH_TRY: g++ 12 has an internal error there. Write
//   auto reply = co_await send(); if (!reply) co_return fail(reply.error());
// Nor behind another member in braces: g++ 12 forgets that one when it returns. Name it first.
#pragma once

#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>

#include <tl/expected.hpp>

#include "base/error.h"

namespace hearth::base {

template <typename T>
using Result = tl::expected<T, Error>;

using Failure = tl::unexpected<Error>;

inline Failure fail(Error error) {
  return Failure(std::move(error));
}
inline Failure fail(Code code, std::string message, std::string context = {}) {
  return Failure(make_error(code, std::move(message), std::move(context)));
}

// What HEARTH_TRY yields: the value, or nothing for Result<void>.
template <typename T>
T value_of(Result<T>&& result) {
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace hearth::base

namespace hearth {
using base::fail;
using base::Failure;
using base::Result;
}  // namespace hearth

#define HEARTH_TRY(expression)                                           \
  __extension__({                                                        \
    auto hearth_try_result = (expression);                               \
    if (!hearth_try_result.has_value()) {                                \
      return ::hearth::base::fail(std::move(hearth_try_result).error()); \
    }                                                                    \
    ::hearth::base::value_of(std::move(hearth_try_result));              \
  })

// The programmer's fault: always checked, never reachable from bytes that a client sent.
#define HEARTH_ASSERT(condition) \
  (static_cast<bool>(condition)  \
       ? void(0)                 \
       : ::hearth::base::assertion_failed(#condition, __FILE__, __LINE__))

namespace hearth::base {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}
