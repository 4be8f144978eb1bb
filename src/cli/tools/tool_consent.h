// Whether a call of a model may be made: what the policy says, and the person at the terminal where
// that says to ask. Who answers "always" is not asked about that tool again, as long as this lives.
//
// Ownership: borrows the console and the interrupt.
// Threads:   confined to the main thread.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "chat/request.h"
#include "cli/console.h"
#include "cli/interrupt.h"
#include "tool/outcome.h"
#include "tool/policy.h"

namespace hearth::cli {

class ToolConsent {
 public:
  ToolConsent(Console& console, Interrupt& interrupt) : console_(console), interrupt_(interrupt) {}

  // Nothing when the call may be made, else what the model is told. kCancelled when it was
  // interrupted: then nothing goes on.
  Result<std::optional<tool::Outcome>> refusal(const chat::ToolCall& call,
                                               const tool::Decision& decision);

 private:
  Console& console_;
  Interrupt& interrupt_;
  std::set<std::string> always_;  // names of tools
};

}  // namespace hearth::cli
