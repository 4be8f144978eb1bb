// The plan is looked at by rule before anybody gives an opinion of it: whatever is wrong is told at
// once, so that the planner can mend all of it.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "flow/plan/plan.h"
#include "flow/tools.h"

namespace hearth::flow {

// What a plan is held against.
struct GateTerms {
  const Tools& tools;
  std::size_t steps_max = kStepsMost;
  std::uint32_t model_calls_left = 0;
  std::uint32_t tool_calls_left = 0;
};

// What is wrong, each with the step's id in front; empty: nothing.
std::vector<std::string> check_plan(const Plan& plan, const GateTerms& terms);

// The steps that have to be done before this one: those it names, and those whose results it uses.
// REQUIRES: a plan that has passed, or any; what does not exist is in it as it was written.
std::vector<std::string> needs_of(const Step& step);

}  // namespace hearth::flow
