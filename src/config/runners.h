// Which runner executable is started: the folders it may be in, the variants found there, and
// the best one that this CPU can run. docs/formats/runner-variants.md is the specification. It
// starts nothing and asks no runner anything.
//
// Threads: pure, except the functions that say they read the disk.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/home.h"
#include "config/settings.h"

namespace hearth::config {

struct Cpu {
  std::string model;               // "AMD EPYC 7B13"; empty when the system does not tell
  std::vector<std::string> flags;  // as in /proc/cpuinfo, sorted
  unsigned logical_cores = 0;
  unsigned physical_cores = 0;
  bool has(std::string_view flag) const;
};

Cpu parse_cpuinfo(std::string_view text);
// Reads /proc/cpuinfo; what cannot be read is empty.
Cpu read_cpu();

// The best of "x86-64-v2" … "x86-64-v4" that this CPU offers; empty for another kind of CPU.
std::string_view cpu_level(const Cpu& cpu);
// The flags that a variant needs and the CPU lacks.
std::vector<std::string_view> missing_flags(std::string_view variant, const Cpu& cpu);

struct Runner {
  std::string path;
  std::string variant;  // "" for the plain one, "x86-64-v3", "cuda"
};

// The folders in which a runner is looked for, in this order: HEARTH_LIBEXEC, ../libexec/hearth
// beside the executable, the executable's own folder.
std::vector<std::string> runner_folders(const Environment& environment,
                                        std::string_view executable);
// Reads the disk: the runners in the first folder that has any, sorted by name.
std::vector<Runner> find_runners(const std::vector<std::string>& folders);

// The runner to start: runner.path if it is set, then runner.variant, then the best for the CPU.
// kNotFound says where was looked and what to do.
Result<Runner> choose_runner(const Settings& settings, const std::vector<Runner>& found,
                             const Cpu& cpu, const std::vector<std::string>& folders);

// The same for this process: its environment, its executable, and the CPU it runs on.
Result<Runner> own_runner(const Settings& settings, const Cpu& cpu);

// The folder of what ships beside the executables, models and so on. It is
// HEARTH_SHARE, or ../share/hearth beside the executable, where packages and the build put it.
std::string share_folder(const Environment& environment, std::string_view executable);

// Reads the disk: /proc/self/exe, as a path.
std::string own_executable();

}  // namespace hearth::config
