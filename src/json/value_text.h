// A parsed value as JSON text again: members in the order they had, without spaces, doubles as
// short as they can be read back. For parts of a request that are passed on as text: schemas and
// arguments.
//
// Limits:  recurses as deep as the value, which parse() has bounded.
// Threads: pure.
#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace hearth::json {

std::string value_text(const boost::json::value& value);

}  // namespace hearth::json
