// Events of the work itself: models asked, steps done, tools used, people asked.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "flow/run/role.h"
#include "flow/step/check.h"
#include "flow/tools.h"
#include "flow/words.h"

namespace hearth::flow {

// A model is about to be asked.
struct CallIntended {
  static constexpr std::string_view kName = "call.intent";
  std::uint32_t call = 0;  // 1, 2, 3 … within the run
  Purpose purpose = Purpose::kDirect;
  std::string step = {};
  std::uint32_t attempt = 1;
  std::string model = {};
  std::uint64_t seed = 0;
  std::uint32_t tokens_max = 0;
  bool operator==(const CallIntended&) const = default;
};

struct CallCompleted {
  static constexpr std::string_view kName = "call.completed";
  std::uint32_t call = 0;
  std::string text;
  bool cut = false;  // by its limit of tokens
  std::uint32_t prompt_tokens = 0;
  std::uint32_t cached_tokens = 0;
  std::uint32_t completion_tokens = 0;
  std::int64_t took_ms = 0;
  std::int64_t swap_ms = 0;  // of it, until the model was there
  bool operator==(const CallCompleted&) const = default;
};

struct CallFailed {
  static constexpr std::string_view kName = "call.failed";
  std::uint32_t call = 0;
  base::Code code = base::Code::kInternal;
  std::string message;
  std::int64_t took_ms = 0;
  bool operator==(const CallFailed&) const = default;
};

struct StepStarted {
  static constexpr std::string_view kName = "step.started";
  std::string step;
  std::uint32_t attempt = 1;
  bool operator==(const StepStarted&) const = default;
};

struct ToolIntended {
  static constexpr std::string_view kName = "tool.intent";
  std::uint32_t call = 0;  // counted with those of models
  std::string step;
  std::uint32_t attempt = 1;
  ToolCall tool;  // its references are bound
  Effect effect = Effect::kIrreversible;
  bool operator==(const ToolIntended&) const = default;
};

struct ToolCompleted {
  static constexpr std::string_view kName = "tool.completed";
  std::uint32_t call = 0;
  ToolOutcome outcome;
  std::int64_t took_ms = 0;
  bool operator==(const ToolCompleted&) const = default;
};

// Nobody knows whether what it was to do has happened: the process ended in between.
struct ToolUnknown {
  static constexpr std::string_view kName = "tool.unknown";
  std::uint32_t call = 0;
  bool operator==(const ToolUnknown&) const = default;
};

struct StepCompleted {
  static constexpr std::string_view kName = "step.completed";
  std::string step;
  std::uint32_t attempt = 1;
  std::string output;
  std::vector<CheckResult> checks = {};
  std::vector<std::string> warnings = {};
  bool operator==(const StepCompleted&) const = default;
};

// What is known of why, in B.3's words.
enum class Fault : std::uint8_t {
  kParse,
  kSchema,
  kTruncated,
  kTimeout,
  kTool,
  kPolicy,
  kMemory,
  kContext,
  kProvider,
  kBudget,
  kCancelled,
  kCheck
};
inline constexpr Words<Fault, 12> kFaults{{"parse", "schema", "truncated", "timeout", "tool",
                                           "policy", "oom", "context_overflow", "provider",
                                           "budget", "cancelled", "check"}};

// "step.retry" where it is tried again, else "step.failed".
struct StepFailed {
  std::string step;
  std::uint32_t attempt = 1;
  Fault fault = Fault::kCheck;
  std::string message;
  std::string output = {};
  bool retried = false;
  bool operator==(const StepFailed&) const = default;
};

struct StepSkipped {
  static constexpr std::string_view kName = "step.skipped";
  std::string step;
  std::string reason;
  bool operator==(const StepSkipped&) const = default;
};

// Somebody has to say something before the run goes on.
struct ApprovalRequested {
  static constexpr std::string_view kName = "approval.requested";
  enum class About : std::uint8_t { kTool, kUnknownEffect, kPlan, kQuestion };
  std::uint32_t approval = 0;  // 1, 2, 3 … within the run
  About about = About::kTool;
  std::string step = {};
  std::string text;  // what is asked
  ToolCall tool = {};
  bool operator==(const ApprovalRequested&) const = default;
};

struct ApprovalResolved {
  static constexpr std::string_view kName = "approval.resolved";
  std::uint32_t approval = 0;
  bool granted = false;
  std::string answer = {};  // to a question
  std::string by = {};
  bool operator==(const ApprovalResolved&) const = default;
};

}  // namespace hearth::flow
