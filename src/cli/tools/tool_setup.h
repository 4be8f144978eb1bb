// The tools of this home, as its settings have them: for commands and for the daemon, so that both
// offer the same.
//
// Threads: pure.
// Errors:  those of make_toolbox() and add_rules(), with the setting at fault.
#pragma once

#include <string>

#include "base/result.h"
#include "config/home.h"
#include "config/settings.h"
#include "tool/builtin/builtin.h"
#include "tool/policy.h"

namespace hearth::cli {

// The scratch folder is that of the workspace; nobody can be asked yet.
tool::BuiltinOptions tool_options(const config::Home& home, const config::Settings& settings,
                                  const std::string& executable);
// In place of the settings' own.
void use_workspace(tool::BuiltinOptions& options, const config::Home& home, std::string workspace);

Result<tool::Policy> tool_policy(const config::Settings& settings);

}  // namespace hearth::cli
