// The fields of every event, listed once, for whoever writes them and whoever reads them.
//
// A Fields is called with the name of a field and the field; for an enumeration also with its
// words.
//
// Threads: pure.
#pragma once

#include "flow/run/event.h"

namespace hearth::flow {

inline constexpr Words<PlanRejected::By, 3> kRejecters{{"reader", "gate", "critic"}};
inline constexpr Words<Effect, 3> kEffects{{"pure", "idempotent", "irreversible"}};
inline constexpr Words<ToolOutcome::Status, 5> kOutcomes{
    {"ok", "failed", "timed_out", "cancelled", "refused"}};
inline constexpr Words<ApprovalRequested::About, 4> kAbouts{
    {"tool", "unknown_effect", "plan", "question"}};
inline constexpr Words<Verdict, 3> kVerdictWords{{"accept", "revise", "reject"}};

template <typename Fields>
void list(RunStarted& event, Fields& fields) {
  fields("task", event.task);
  fields("mode", kModes, event.mode);
  fields("approve", kApprovals, event.approve);
  fields("planner", event.cast.planner);
  fields("critic", event.cast.critic);
  fields("executor", event.cast.executor);
  fields("budget", event.budget);
  fields("tools", event.tools);
  fields("plan", event.plan);
}

template <typename Fields>
void list(RunResumed& event, Fields& fields) {
  fields("forced", event.forced);
  fields("tools", event.tools);
}

template <typename Fields>
void list(RunPaused& event, Fields& fields) {
  fields("reason", event.reason);
}

template <typename Fields>
void list(RouteDecided& event, Fields& fields) {
  fields("direct", event.direct);
  fields("reason", event.reason);
}

template <typename Fields>
void list(PlanCreated& event, Fields& fields) {
  fields("revision", event.revision);
  fields("plan", event.plan);
}

template <typename Fields>
void list(PlanRejected& event, Fields& fields) {
  fields("revision", event.revision);
  fields("by", kRejecters, event.by);
  fields("problems", event.problems);
}

template <typename Fields>
void list(PlanChecked& event, Fields& fields) {
  fields("revision", event.revision);
}

template <typename Fields>
void list(PlanAccepted& event, Fields& fields) {
  fields("revision", event.revision);
  fields("notes", event.notes);
}

template <typename Fields>
void list(CritiqueCompleted& event, Fields& fields) {
  fields("revision", event.revision);
  fields("critique", event.critique);
  fields("effective", kVerdictWords, event.effective);
}

template <typename Fields>
void list(ReplanBegun& event, Fields& fields) {
  fields("step", event.step);
  fields("reason", event.reason);
}

template <typename Fields>
void list(CallIntended& event, Fields& fields) {
  fields("call", event.call);
  fields("purpose", kPurposes, event.purpose);
  fields("step", event.step);
  fields("attempt", event.attempt);
  fields("model", event.model);
  fields("seed", event.seed);
  fields("tokens_max", event.tokens_max);
}

template <typename Fields>
void list(CallCompleted& event, Fields& fields) {
  fields("call", event.call);
  fields("text", event.text);
  fields("cut", event.cut);
  fields("prompt_tokens", event.prompt_tokens);
  fields("cached_tokens", event.cached_tokens);
  fields("completion_tokens", event.completion_tokens);
  fields("took_ms", event.took_ms);
  fields("swap_ms", event.swap_ms);
}

template <typename Fields>
void list(CallFailed& event, Fields& fields) {
  fields("call", event.call);
  fields("code", event.code);
  fields("message", event.message);
  fields("took_ms", event.took_ms);
}

template <typename Fields>
void list(StepStarted& event, Fields& fields) {
  fields("step", event.step);
  fields("attempt", event.attempt);
}

template <typename Fields>
void list(ToolIntended& event, Fields& fields) {
  fields("call", event.call);
  fields("step", event.step);
  fields("attempt", event.attempt);
  fields("tool", event.tool.name);
  fields("args", event.tool.args);
  fields("key", event.tool.key);
  fields("effect", kEffects, event.effect);
}

template <typename Fields>
void list(ToolCompleted& event, Fields& fields) {
  fields("call", event.call);
  fields("status", kOutcomes, event.outcome.status);
  fields("output", event.outcome.output);
  fields("exit_code", event.outcome.exit_code);
  fields("retryable", event.outcome.is_retryable);
  fields("took_ms", event.took_ms);
}

template <typename Fields>
void list(ToolUnknown& event, Fields& fields) {
  fields("call", event.call);
}

template <typename Fields>
void list(StepCompleted& event, Fields& fields) {
  fields("step", event.step);
  fields("attempt", event.attempt);
  fields("output", event.output);
  fields("checks", event.checks);
  fields("warnings", event.warnings);
}

template <typename Fields>
void list(StepFailed& event, Fields& fields) {
  fields("step", event.step);
  fields("attempt", event.attempt);
  fields("fault", kFaults, event.fault);
  fields("message", event.message);
  fields("output", event.output);
  fields("retried", event.retried);
}

template <typename Fields>
void list(StepSkipped& event, Fields& fields) {
  fields("step", event.step);
  fields("reason", event.reason);
}

template <typename Fields>
void list(ApprovalRequested& event, Fields& fields) {
  fields("approval", event.approval);
  fields("about", kAbouts, event.about);
  fields("step", event.step);
  fields("text", event.text);
  fields("tool", event.tool.name);
  fields("args", event.tool.args);
}

template <typename Fields>
void list(ApprovalResolved& event, Fields& fields) {
  fields("approval", event.approval);
  fields("granted", event.granted);
  fields("answer", event.answer);
  fields("by", event.by);
}

template <typename Fields>
void list(BudgetWarned& event, Fields& fields) {
  fields("limit", event.limit);
}

template <typename Fields>
void list(BudgetExhausted& event, Fields& fields) {
  fields("limit", event.limit);
}

template <typename Fields>
void list(CancelAsked& event, Fields& fields) {
  fields("by", event.by);
}

template <typename Fields>
void list(RunEnded& event, Fields& fields) {
  fields("status", kEnds, event.how);
  fields("answer", event.answer);
  fields("message", event.message);
  fields("warnings", event.warnings);
}

}  // namespace hearth::flow
