// The target of a request line, taken apart: "/v1/models/a%2Fb?x=1" is a path and a query.
//
// Errors:  kInvalidArgument.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::net {

struct Target {
  std::string path;  // percent-decoded; valid UTF-8 without control characters
  std::string query;
};

// Takes "/path?query", "http://host/path?query" and "*".
Result<Target> parse_target(std::string_view text);

// The value of the first "name=value" in a query, percent-decoded; empty when there is none or
// it cannot be decoded.
std::string query_value(std::string_view query, std::string_view name);
// A value as it stands in a query: query_value() gives it back.
std::string query_encoded(std::string_view value);

}  // namespace hearth::net
