// What `hearth chat` and `hearth run` share: which model, and the conversation itself.
//
// Threads: confined to the main thread.
#pragma once

#include <string>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/tools/tool_use.h"

namespace hearth::cli {

// What was named, or the default model of the settings, or the only one there is.
Result<std::string> choose_model(const DaemonApi& daemon, const std::string& argument,
                                 Context& context);

// Chats until the user leaves; the exit code. An empty model is chosen.
Result<int> start_chat(CompletionRequest request, const ToolUseWish& tools, Context& context);

}  // namespace hearth::cli
