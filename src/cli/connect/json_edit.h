// One value put into somebody else's JSON file, or taken out: every other byte stays as it is,
// the order, the numbers and the spaces too, which a value that is read and written again loses.
//
// Threads: pure.
// Errors:  kInvalidArgument when the text is no JSON object (comments are none), or when something
//          on the way is no object.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::cli {

// {"env", "NAME"}: the member NAME of the member env.
using JsonPath = std::vector<std::string>;

// An empty text is an object without members. `value` is JSON.
Result<std::string> json_with(std::string text, const JsonPath& path, std::string_view value);

// Only where the member is `value`; otherwise the text as it is.
Result<std::string> json_without(std::string text, const JsonPath& path, std::string_view value);

// Whether there is such a member.
Result<bool> json_has(std::string_view text, const JsonPath& path);

}  // namespace hearth::cli
