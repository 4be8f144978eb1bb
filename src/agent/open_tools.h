// Tools that are set up for one turn of a conversation: which a model is offered, what is wrong
// with a call, and the doing. Whoever wires has decided who must agree, and asks for it in run().
//
// Threads: confined to the loop of whoever asked for them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/callback.h"
#include "tool/outcome.h"
#include "tool/spec.h"

namespace hearth::agent {

// All that is wrong with a call, in words for the model; none when it is fine. Pure.
using CallCheck =
    std::function<std::vector<std::string>(std::string_view name, std::string_view arguments)>;

struct OpenTools {
  std::vector<tool::Spec> specs;
  CallCheck check;
  // What goes wrong is in the Outcome, also that nobody has agreed. The callback comes never from
  // inside the call.
  std::function<CallOff(tool::Call call, std::function<void(tool::Outcome)> done)> run;
};

}  // namespace hearth::agent
