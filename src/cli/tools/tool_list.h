// Tools as they are shown.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "tool/policy.h"
#include "tool/spec.h"

namespace hearth::cli {

struct ToolList {
  std::vector<tool::Spec> specs;
  tool::Policy policy;
  std::string workspace;     // empty: none
  Result<std::string> held;  // what holds commands, or why nothing does
};
std::string tools_table(const ToolList& list);
// kKept: where the workspace is, is not told.
enum class Paths : std::uint8_t { kTold, kKept };
std::string tools_json(const ToolList& list, Paths paths);

}  // namespace hearth::cli
