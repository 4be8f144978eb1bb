#include "cli/tools/tool_place.h"

#include <CLI/CLI.hpp>

#include "cli/make/making.h"
#include "cli/tools/tool_setup.h"

namespace hearth::cli {

void add_place_options(CLI::App& command, PlaceWish& wish) {
  command.add_option("--workspace", wish.workspace,
                     "The folder in which tools work (tools.workspace)");
  command
      .add_option("--approve", wish.approve,
                  "auto runs what should be agreed to, ask asks, deny refuses it (tools.approve)")
      ->check(CLI::IsMember({"auto", "ask", "deny"}));
}

Result<ToolPlace> tool_place(const PlaceWish& wish, const Context& context) {
  const config::Home home = HEARTH_TRY(context.home());
  const config::Settings settings = HEARTH_TRY(context.settings());
  ToolPlace place;
  place.options = tool_options(home, settings, context.wiring().executable);
  if (!wish.workspace.empty()) {
    use_workspace(place.options, home,
                  absolute_path(wish.workspace, current_folder(), config::system_environment()));
  }
  place.policy = HEARTH_TRY(tool_policy(settings));
  place.policy.mode = tool::rule_named(wish.approve).value_or(place.policy.mode);
  return place;
}

}  // namespace hearth::cli
