// What to do with a model that has just come: not every model can chat.
//
// Threads: first_use_of is pure.
#pragma once

#include <string>
#include <string_view>

#include "cli/daemon_api.h"

namespace hearth::cli {

// "hearth chat NAME", or what else a model of this kind (gguf/model_kind.h) does.
std::string first_use_of(const std::string& model, std::string_view kind);

// "'NAME' is ready: hearth chat NAME", with a line's end. The daemon is asked what kind the model
// is; where it does not say, chat is meant.
std::string ready_text(const std::string& model, const DaemonApi& daemon);

}  // namespace hearth::cli
