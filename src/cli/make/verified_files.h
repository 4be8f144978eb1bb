// What the daemon has found out about the files of models (api/hearth/verify.cc).
//
// Threads: values.
// Errors:  kUpstream for a line that makes no sense.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::cli {

struct VerifiedFile {
  std::string file;
  std::string state;  // "good", or what else it is
  std::vector<std::string> models;
  std::string problem;
  std::string advice;

  bool is_good() const { return state == "good"; }
};

Result<std::vector<VerifiedFile>> parse_verified(std::string_view line);

// A line for each that is not good, and how many are.
std::string verified_text(const std::vector<VerifiedFile>& files);

}  // namespace hearth::cli
