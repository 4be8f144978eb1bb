// A schema for readers that know few keywords and want one type everywhere, such as the chat
// templates that write a tool's parameters in a language of their own. It is for reading: what
// fits it is near to what fits the schema, and what it cannot say is said in a "description".
//
// References are resolved, and what holds together is put together. Of several types the first
// that is not null is written and the others are named: "Also allowed: null." Where a schema
// contains itself, only the type is written.
//
// Invariants: every value has one "type", every list "items", the whole "properties".
// Errors:     kInvalidArgument for what is no schema of an object; those of Effort.
// Limits:     kPlainGrowth times the bytes of the schema, and kPlainBytesFree; what would be longer
//             says less of what is deep within it; of Plainness::kScalars twice as much.
//             kPlainDepthMax.
// Threads:    pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "constraint/effort.h"

namespace hearth::constraint {

inline constexpr std::size_t kPlainDepthMax = 12;
inline constexpr std::size_t kPlainGrowth = 8;
inline constexpr std::size_t kPlainBytesFree = 4096;

enum class Plainness : std::uint8_t {
  kTyped,
  // Properties that are lists or objects, or null, have no type: a description says in JSON what
  // they are.
  kScalars
};

Result<std::string> plain_schema(std::string_view schema, Plainness how, Effort& effort);

}  // namespace hearth::constraint
