// What a schema says in short: which members there are, which are always required, and what types
// their values may have. For readers that know few schemas, and for what cannot be kept exactly.
//
// In `text` members go by numbers, kOutlineName with a number and a letter behind it, so that no
// two names become one and no letter in them matters; in `plain` they keep their names.
//
// It may say more types than there are, and knows nothing within kOutlineDepthMax members and
// references.
//
// Errors:  kInvalidArgument for what is no schema, or none of objects.
// Limits:  kOutlineStepsMax schemas and members together; beyond, everything is allowed.
// Threads: pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::constraint {

inline constexpr std::size_t kOutlineDepthMax = 12;
inline constexpr std::size_t kOutlineStepsMax = 20'000;
inline constexpr std::string_view kOutlineName = "hearthmember";
inline constexpr char kOutlineNameEnd = 'x';

struct Outline {
  struct Member {
    std::string name;
    bool required = false;
  };
  std::string text;
  std::string plain;
  std::vector<Member> members;  // in the order of their numbers
};

// Its members have the numbers from `first` on.
Result<Outline> outline_of(std::string_view schema, std::size_t first = 0);

}  // namespace hearth::constraint
