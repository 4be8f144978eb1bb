// Events of plans: made, looked at by rule and by the critic, accepted, or made anew.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/plan/critique.h"
#include "flow/plan/plan.h"
#include "flow/words.h"

namespace hearth::flow {

// "plan.created", and "plan.revised" for those after the first.
struct PlanCreated {
  std::uint32_t revision = 0;
  Plan plan;
  bool operator==(const PlanCreated&) const = default;
};

// By whoever read it, the gate or the critic.
struct PlanRejected {
  static constexpr std::string_view kName = "plan.rejected";
  enum class By : std::uint8_t { kReader, kGate, kCritic };
  std::uint32_t revision = 0;
  By by = By::kReader;
  std::vector<std::string> problems;
  bool operator==(const PlanRejected&) const = default;
};

// The gate let it pass; without a critic that is all that is needed.
struct PlanChecked {
  static constexpr std::string_view kName = "plan.checked";
  std::uint32_t revision = 0;
  bool operator==(const PlanChecked&) const = default;
};

struct PlanAccepted {
  static constexpr std::string_view kName = "plan.accepted";
  std::uint32_t revision = 0;
  std::vector<std::string> notes = {};  // what was said and not heeded
  bool operator==(const PlanAccepted&) const = default;
};

struct CritiqueCompleted {
  static constexpr std::string_view kName = "critique.completed";
  std::uint32_t revision = 0;
  std::optional<Critique> critique;  // none: nobody could read what the critic wrote
  Verdict effective = Verdict::kAccept;
  bool operator==(const CritiqueCompleted&) const = default;
};

// A step has failed for good: the planner is asked for what is left.
struct ReplanBegun {
  static constexpr std::string_view kName = "plan.replan";
  std::string step;
  std::string reason;
  bool operator==(const ReplanBegun&) const = default;
};

}  // namespace hearth::flow
