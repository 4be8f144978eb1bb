// The bodies of POST /hearth/v1/models/create, /import and /copy; docs/modelfile.md is the page
// for people.
//
// Threads: pure.
// Errors:  kInvalidArgument; the context is the field at fault.
// Limits:  those of a Modelfile.
#pragma once

#include <string_view>
#include <vector>

#include "api/hearth/control.h"
#include "api/hearth/told_work.h"

namespace hearth::api {

struct MakeOrder {
  MakeWish wish;
  std::vector<std::string> warnings;  // of what was asked for
  Telling telling = Telling::kLines;
};

Result<MakeOrder> read_create(std::string_view body);
Result<MakeOrder> read_import(std::string_view body);
Result<MakeOrder> read_copy(std::string_view body);

}  // namespace hearth::api
