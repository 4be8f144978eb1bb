// Whether chat templates can be read: those in the folder of a home, and the one that
// model.chat_template names. The command line knows no Jinja; the runner does and is asked, once
// for all files.
//
// Threads: confined to the main thread.
// Limits:  kTemplatesMax, kTemplateCheckMax.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "config/home.h"
#include "config/settings.h"

namespace hearth::cli {

inline constexpr std::size_t kTemplatesMax = 1'000;
inline constexpr base::Duration kTemplateCheckMax = std::chrono::seconds(30);

// The files with a template, sorted. kResourceExhausted for more than kTemplatesMax.
Result<std::vector<std::string>> template_files(const config::Settings& settings,
                                                const config::Home& home);

// kInvalidArgument with a line for each of these that is wrong: its path, the place and why.
// kNotFound without a runner that could tell.
Result<void> check_templates(const config::Settings& settings,
                             const std::vector<std::string>& files);

}  // namespace hearth::cli
