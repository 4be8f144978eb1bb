// What a client called the parts of its request, for errors that are found where nobody knows its
// words: in the provider, or in the runner.
//
// Threads: values; pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"

namespace hearth::api::openai {

struct FieldNames {
  std::string constraint;          // the field it came from: "response_format", "grammar" …
  std::vector<std::size_t> tools;  // where each tool of the Request stood in `tools`
};

// The `param` of this error; empty where no field is at fault.
std::string field_at_fault(const Error& error, const FieldNames& names);

}  // namespace hearth::api::openai
