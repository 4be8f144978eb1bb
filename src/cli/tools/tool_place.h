// Where tools of a command work and who has to agree: the settings, and what the command line says
// in place of them.
//
// Threads: confined to the main thread.
// Errors:  those of the settings.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "tool/builtin/builtin.h"
#include "tool/policy.h"

namespace hearth::cli {

struct PlaceWish {
  std::string workspace;  // as it was given; empty: tools.workspace
  std::string approve;    // "auto", "ask", "deny"; empty: tools.approve
};
// --workspace and --approve.
void add_place_options(CLI::App& command, PlaceWish& wish);

struct ToolPlace {
  tool::BuiltinOptions options;  // nobody can be asked yet
  tool::Policy policy;
};
Result<ToolPlace> tool_place(const PlaceWish& wish, const Context& context);

}  // namespace hearth::cli
