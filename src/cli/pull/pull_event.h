// What the daemon tells of a pull, a line of JSON each (api/hearth/pull.cc); and of a model that is
// being made or verified (make.cc, verify.cc).
//
// Threads: a value.
// Errors:  the daemon's own when the line is one; kUpstream for a line that makes no sense.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::cli {

struct PullEvent {
  // "waiting", "downloading", "checking", "retrying", "importing", "verifying", "installed"
  std::string status;
  std::string file;
  std::int64_t number = 0;  // of the file, from 1
  std::int64_t files = 0;
  std::int64_t done_bytes = 0;  // of all files
  std::int64_t size_bytes = 0;  // 0: nobody knows
  std::string problem;
  std::int64_t retry_in_ms = 0;
  std::string model;  // when it is installed: what to call it
  std::vector<std::string> warnings;

  // Bytes come or go as fast as the machine or the network lets them.
  bool is_moving() const {
    return status == "downloading" || status == "importing" || status == "verifying";
  }
  bool is_installed() const { return status == "installed"; }
};

Result<PullEvent> parse_pull_event(std::string_view line);

}  // namespace hearth::cli
