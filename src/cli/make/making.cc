#include "cli/make/making.h"

#include <filesystem>

#include "cli/first_use.h"
#include "cli/interrupt.h"
#include "cli/pull/pull_display.h"

namespace hearth::cli {

namespace fs = std::filesystem;

Result<int> follow_making(const MakingCall& call, Context& context) {
  const DaemonApi daemon = HEARTH_TRY(context.daemon());
  Console& console = context.console();
  const bool is_json = call.format == Format::kJson;
  PullDisplay display(console, is_json ? DisplayStyle::kSilent
                                       : display_style(console, config::system_environment()));
  Interrupt interrupt;
  PullEvent made;
  const auto on_line = [&](std::string_view line) -> Result<void> {
    PullEvent event = HEARTH_TRY(parse_pull_event(line));
    if (is_json) console.print(std::string(line) + "\n");
    if (event.is_installed()) {
      made = std::move(event);
    } else {
      display.take(event);
    }
    return {};
  };
  const auto followed =
      daemon.follow("/hearth/v1/models/" + call.target, call.body, on_line, interrupt.fd());
  display.finish();
  if (!followed && followed.error().code == Code::kCancelled) {
    console.notice("Stopped; no model was made.");
    return kExitCancelled;
  }
  HEARTH_TRY(followed);
  if (made.model.empty()) {
    return fail(Code::kUnavailable,
                "the daemon closed the stream before the model was made; try again");
  }
  for (const std::string& warning : made.warnings)
    console.notice("Note: " + warning + ".");
  if (!is_json) console.print(ready_text(made.model, daemon));
  return kExitDone;
}

std::string absolute_path(const std::string& path, const std::string& folder,
                          const config::Environment& environment) {
  fs::path found = path;
  if (path == "~" || path.starts_with("~/")) {
    found = environment("HOME").value_or("") + path.substr(1);
  } else if (!path.starts_with('/')) {
    found = fs::path(folder) / path;
  }
  std::string text = found.lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/'))
    text.pop_back();
  return text;
}

std::string current_folder() {
  std::error_code error;
  return fs::current_path(error).string();
}

}  // namespace hearth::cli
