// The small bodies of the routes about models: show, pull, copy, delete. Ollama's older clients say
// "name" where newer ones say "model"; both are taken.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/hearth/told_work.h"
#include "base/result.h"

namespace hearth::api::ollama {

struct ModelWish {
  std::string model;
  bool insecure = false;  // of a pull
  Telling telling = Telling::kLines;
  std::vector<std::string> ignored;  // fields for X-Hearth-Ignored
};
Result<ModelWish> read_show(std::string_view body);
Result<ModelWish> read_pull(std::string_view body);
Result<ModelWish> read_delete(std::string_view body);

struct CopyWish {
  std::string source;
  std::string destination;
};
Result<CopyWish> read_copy(std::string_view body);

}  // namespace hearth::api::ollama
