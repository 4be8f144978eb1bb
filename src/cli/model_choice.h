// Which model a command means: what the user named, or the default, or the best there is.
//
// Threads: pure, but for looking whether a file exists.
// Errors:  tell how to give one.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/daemon_api.h"
#include "config/home.h"
#include "config/settings.h"

namespace hearth::cli {

// "put a .gguf file into '…' or name the path of one".
std::string how_to_give_a_model(const config::Home& home, const config::Settings& settings);

// A name stays as it is; the path of a file becomes absolute, because the daemon is elsewhere.
Result<std::string> named_model(const std::string& argument);

// The same for one that is loaded: a file that is gone by now may still be.
std::string loaded_model(const std::string& argument);

// kNotFound when none of the known ones has this name.
Result<void> check_known(const std::string& name, const std::vector<KnownModel>& known);

struct Choice {
  std::string model;
  std::string notice = {};  // what the user should be told of it, once; often nothing
};

// What stands above a chat: with whom, and what ember is where it is ember.
std::string greeting(const std::string& model);

// When nothing was named: the configured one, else the largest that was installed, else the largest
// that another program holds, else the one that ships with Hearth. `hint` is how_to_give_a_model().
Result<Choice> default_model(const config::Settings& settings, const std::vector<KnownModel>& known,
                             const std::string& hint);

}  // namespace hearth::cli
