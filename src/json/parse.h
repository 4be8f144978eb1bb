// JSON that strangers sent, turned into a value or into an error that says where it is broken.
// Strict RFC 8259: no comments, no trailing commas, valid UTF-8 only, no lone surrogates, no
// number beyond a double. A key that stands twice in one object is refused, because two readers
// that pick different ones are how a request is smuggled past a check.
//
// Errors:  kInvalidArgument with the byte offset; kResourceExhausted for what is over a limit.
// Limits:  Limits; the parser keeps its own stack, so depth costs no call stack.
// Threads: pure.
#pragma once

#include <cstddef>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "base/units.h"

namespace hearth::json {

struct Limits {
  std::size_t bytes = 64 * base::kMiB;
  std::size_t depth = 64;
  // A short text can stand for many values: "[0,0,…]" costs eight times its bytes.
  std::size_t values = 1'000'000;
};

Result<boost::json::value> parse(std::string_view text, const Limits& limits = {});

}  // namespace hearth::json
