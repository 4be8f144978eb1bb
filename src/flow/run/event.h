// What happens in a run, one after the other: the run is these and nothing else. Whatever is
// decided or found out is such an event, which is kept before anybody acts on it, so that a run
// goes on after any end of the process where it was (state.h folds them).
//
// docs/formats/run.md has them as JSON, which is what clients see too. Pieces of what a model
// writes and a tool prints are told beside them and not kept.
//
// Threads: values; pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "flow/run/plan_events.h"
#include "flow/run/run_events.h"
#include "flow/run/step_events.h"

namespace hearth::flow {

// Of the texts within an event.
inline constexpr std::size_t kEventBytesMost = 4UL * 1024 * 1024;
inline constexpr std::uint32_t kFormatVersion = 1;

using Event =
    std::variant<RunStarted, RunResumed, RunPaused, RouteDecided, PlanCreated, PlanRejected,
                 PlanChecked, PlanAccepted, CritiqueCompleted, CallIntended, CallCompleted,
                 CallFailed, StepStarted, ToolIntended, ToolCompleted, ToolUnknown, StepCompleted,
                 StepFailed, StepSkipped, ApprovalRequested, ApprovalResolved, ReplanBegun,
                 BudgetWarned, BudgetExhausted, CancelAsked, RunEnded>;

std::string_view event_name(const Event& event);
std::string event_json(const Event& event);
// kCorrupt for what no version has written.
Result<Event> read_event(std::string_view name, std::string_view json);

}  // namespace hearth::flow
