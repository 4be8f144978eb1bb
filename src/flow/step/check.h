// Whether what came of a step is what its plan demands, by rule. The critic's checks are not here:
// a model is asked for those.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flow/plan/plan.h"

namespace hearth::flow {

// What is known of a step that was done.
struct StepEnd {
  std::string_view output;
  std::int64_t exit_code = 0;
  // Of its kFileExists checks: the paths that were not there.
  std::vector<std::string> missing_files = {};
};

struct CheckResult {
  Check::Kind kind = Check::Kind::kNonempty;
  bool passed = false;
  std::string detail = {};  // of one that failed
  bool operator==(const CheckResult&) const = default;
};

// Every check of the step but the critic's, and before them that a result which has to be JSON is.
std::vector<CheckResult> check_step(const Step& step, const StepEnd& end);

// What is wrong with the check itself; empty: nothing.
std::string problem_of_check(const Check& check, const Step& step);

}  // namespace hearth::flow
