// Who does what in a run. A role is a way to be asked; which model plays it is the settings' to
// say.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <string>

#include "flow/words.h"

namespace hearth::flow {

enum class Role : std::uint8_t { kPlanner, kCritic, kExecutor };
inline constexpr Words<Role, 3> kRoles{{"planner", "critic", "executor"}};

// What a model is asked for.
enum class Purpose : std::uint8_t { kPlan, kCritique, kStep, kJudgeStep, kAnswer, kDirect };
inline constexpr Words<Purpose, 6> kPurposes{
    {"plan", "critique", "step", "judge_step", "answer", "direct"}};

constexpr Role role_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::kPlan:
      return Role::kPlanner;
    case Purpose::kCritique:
    case Purpose::kJudgeStep:
      return Role::kCritic;
    case Purpose::kStep:
    case Purpose::kAnswer:
    case Purpose::kDirect:
      return Role::kExecutor;
  }
  return Role::kExecutor;
}

}  // namespace hearth::flow
