// Whether a golden task ended as it has to.
//
// Threads: pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "eval/golden_task.h"

namespace hearth::eval {

struct Observed {
  std::string status;  // "completed" and so on
  std::string answer;
  std::string message = {};                       // why it is not whole
  std::map<std::string, std::string> files = {};  // all that is in the workspace
};

// Everything that is not as it has to be; nothing: it was done. A file that it began with and that
// nothing is said of has to be as it was. A task that agrees to nothing may end in part.
std::vector<std::string> problems_of(const GoldenTask& task, const Observed& observed);

}  // namespace hearth::eval
