// Which tools a model is offered: those that were asked for, as a chat::Request has them.
//
// Threads: pure.
// Errors:  kInvalidArgument names every tool that is not there, and what may be meant.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "tool/policy.h"
#include "tool/spec.h"
#include "tool/toolbox.h"

namespace hearth::agent {

// In the order of the names; without names all that may be called at all, by their own. A tool that
// the policy refuses whatever its arguments are is offered only by its name.
Result<std::vector<tool::Spec>> offered(const tool::Toolbox& toolbox, const tool::Policy& policy,
                                        const std::vector<std::string>& names);

std::vector<chat::Tool> chat_tools(const std::vector<tool::Spec>& specs);

}  // namespace hearth::agent
