// Whether a task is worth a plan. Most of what people ask is answered at once; a plan costs several
// calls, and helps where something has to be done, or several things one after the other.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "flow/run/run_events.h"

namespace hearth::flow {

struct RouteTerms {
  Mode mode = Mode::kAuto;
  bool has_planner = true;
  bool has_tools = true;
  bool has_plan = false;  // somebody has brought one
};

RouteDecided decide_route(std::string_view task, const RouteTerms& terms);

}  // namespace hearth::flow
