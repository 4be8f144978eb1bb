// The settings in force, as `hearth config show --json` and GET /hearth/v1/config write them.
//
// Threads: pure.
#pragma once

#include <string>

#include "config/settings.h"

namespace hearth::cli {

// {"settings": [{"name", "value", "origin", "environment", "help"}]}. No setting is a secret.
std::string settings_json(const config::Settings& settings);

}  // namespace hearth::cli
