// What the routes of tools ask of the daemon: which tools there are, one of them run, and
// some of them for an answer.
//
// Threads: confined to the loop; callbacks come on it, never from inside the call.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "api/core/answers.h"
#include "base/callback.h"
#include "tool/outcome.h"

namespace hearth::api {

struct ToolWish {
  enum class Agreement : std::uint8_t { kNone, kGiven };
  std::string name;
  std::string arguments;  // JSON
  Agreement agreement = Agreement::kNone;
};

struct ToolDesk {
  // {"files", "held", "tools": […]}
  std::function<void(Callback<std::string> done)> list;
  // kNotFound for a tool that is not there, kInvalidArgument for arguments that it does not take,
  // kPermissionDenied where somebody has to agree or nobody can; kUnavailable when too many run.
  // A tool that ran and failed is an Outcome. The result calls it off.
  std::function<CallOff(ToolWish wish, Callback<tool::Outcome> done)> run;
  // For answers, whose calls nobody can be asked about: what needs it is refused to the model.
  ToolOpener open;
};

}  // namespace hearth::api
