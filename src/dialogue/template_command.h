// What `hearth-runner --check-template FILE…` does: reads chat templates, and has each write a
// plain conversation (template_trial.h). What is wrong with one is a line on stderr, "FILE, line 3,
// column 8: why"; the exit code is then 1.
//
// Threads: pure but for the files.
#pragma once

#include <span>

namespace hearth::dialogue {

int check_templates_command(std::span<char* const> paths);

}  // namespace hearth::dialogue
