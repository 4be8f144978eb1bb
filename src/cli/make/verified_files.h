// What the daemon has found out about models: their files, and which of their manifests cannot be
// read (api/hearth/verify.cc).
//
// Threads: values.
// Errors:  kUpstream for a line that makes no sense.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/damaged_manifests.h"

namespace hearth::cli {

struct VerifiedFile {
  std::string file;
  std::string state;  // "good", or what else it is
  std::vector<std::string> models;
  std::string problem;
  std::string advice;

  bool is_good() const { return state == "good"; }
};

struct VerifiedModels {
  std::vector<VerifiedFile> files;
  std::vector<DamagedManifest> damaged;

  bool is_good() const;
};

Result<VerifiedModels> parse_verified(std::string_view line);

// A line for each that is not good, and how many are.
std::string verified_text(const VerifiedModels& verified);

}  // namespace hearth::cli
