// The body of POST /hearth/v1/models/load.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Threads: pure.
#pragma once

#include <string_view>

#include "api/hearth/control.h"
#include "base/result.h"

namespace hearth::api {

Result<LoadWish> read_load_wish(std::string_view body);

}  // namespace hearth::api
