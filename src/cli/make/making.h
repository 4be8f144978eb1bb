// What `create`, `import` and `cp` have in common: the daemon makes a model and tells how far it
// is.
//
// Threads: confined to the main thread.
// Errors:  the daemon's own.
#pragma once

#include <string>

#include "cli/command.h"

namespace hearth::cli {

struct MakingCall {
  std::string target;  // below /hearth/v1/models/
  std::string body;
  Format format = Format::kText;
};

// The command's exit code. Warnings and progress are notices.
Result<int> follow_making(const MakingCall& call, Context& context);

// The path as the daemon needs it, which knows neither our folder nor our home.
std::string absolute_path(const std::string& path, const std::string& folder,
                          const config::Environment& environment);

// Of this process.
std::string current_folder();

}  // namespace hearth::cli
