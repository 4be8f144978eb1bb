#include "config/runners.h"

#include <algorithm>
#include <climits>
#include <memory>
#include <set>
#include <span>
#include <thread>
#include <utility>

#include <dirent.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/trimmed.h"

namespace hearth::config {

namespace {

constexpr std::string_view kBlanks = " \t";

constexpr std::string_view kRunnerName = "hearth-runner";
constexpr std::size_t kCpuinfoBytesMax = 16 << 20;

constexpr std::string_view kFlagsV2[] = {"cx16",   "lahf_lm", "popcnt", "pni",
                                         "sse4_1", "sse4_2",  "ssse3"};
constexpr std::string_view kFlagsV3[] = {"abm",  "avx", "avx2",  "bmi1", "bmi2",
                                         "f16c", "fma", "movbe", "xsave"};
// More than the psABI's v4: our build uses VNNI and BF16 as well.
constexpr std::string_view kFlagsV4[] = {"avx512f",  "avx512bw",    "avx512cd",   "avx512dq",
                                         "avx512vl", "avx512_vnni", "avx512_bf16"};

struct Level {
  std::string_view variant;
  std::span<const std::string_view> flags;  // beyond those of the levels before
};
constexpr Level kLevels[] = {
    {"x86-64-v2", kFlagsV2}, {"x86-64-v3", kFlagsV3}, {"x86-64-v4", kFlagsV4}};

bool is_level(std::string_view variant) {
  return std::any_of(std::begin(kLevels), std::end(kLevels),
                     [&](const Level& level) { return level.variant == variant; });
}

std::string_view cut(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return part;
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string_view::npos ? std::string(".") : std::string(path.substr(0, slash));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "'" : "', '") + word;
  return text + "'";
}

Result<Runner> named_runner(const std::string& variant, const std::vector<Runner>& found) {
  std::vector<std::string> names;
  for (const Runner& runner : found) {
    if (runner.variant == variant || (variant == "native" && runner.variant.empty())) {
      return runner;
    }
    names.push_back(runner.variant.empty() ? "native" : runner.variant);
  }
  return fail(Code::kNotFound, "there is no runner variant '" + variant + "'; there " +
                                   (names.empty() ? "is none at all" : "is " + joined(names)) +
                                   ", or set runner.variant to \"\" for the best one");
}

}  // namespace

bool Cpu::has(std::string_view flag) const {
  return std::binary_search(flags.begin(), flags.end(), flag);
}

Cpu parse_cpuinfo(std::string_view text) {
  Cpu cpu;
  std::set<std::pair<std::string, std::string>> cores;
  std::string package;
  while (!text.empty()) {
    std::string_view value = cut(text, '\n');
    const std::string_view key = base::trimmed(cut(value, ':'), kBlanks);
    value = base::trimmed(value, kBlanks);
    if (key == "processor") ++cpu.logical_cores;
    if (key == "model name" && cpu.model.empty()) cpu.model = value;
    if (key == "physical id") package = value;
    if (key == "core id") cores.emplace(package, value);
    if ((key == "flags" || key == "Features") && cpu.flags.empty()) {
      while (!value.empty()) {
        if (const std::string_view flag = cut(value, ' '); !flag.empty()) {
          cpu.flags.emplace_back(flag);
        }
      }
    }
  }
  std::sort(cpu.flags.begin(), cpu.flags.end());
  cpu.physical_cores = cores.empty() ? cpu.logical_cores : static_cast<unsigned>(cores.size());
  return cpu;
}

Cpu read_cpu() {
  Cpu cpu = parse_cpuinfo(base::load_text_file("/proc/cpuinfo", kCpuinfoBytesMax).value_or(""));
  if (cpu.logical_cores == 0) {
    cpu.logical_cores = cpu.physical_cores = std::max(1U, std::thread::hardware_concurrency());
  }
  return cpu;
}

std::vector<std::string_view> missing_flags(std::string_view variant, const Cpu& cpu) {
  std::vector<std::string_view> missing;
  if (!is_level(variant)) return missing;
  for (const Level& level : kLevels) {
    for (const std::string_view flag : level.flags) {
      if (!cpu.has(flag)) missing.push_back(flag);
    }
    if (level.variant == variant) break;
  }
  return missing;
}

std::string_view cpu_level(const Cpu& cpu) {
  std::string_view best;
  for (const Level& level : kLevels) {
    if (missing_flags(level.variant, cpu).empty()) best = level.variant;
  }
  return best;
}

std::vector<std::string> runner_folders(const Environment& environment,
                                        std::string_view executable) {
  std::vector<std::string> folders;
  if (const auto chosen = environment("HEARTH_LIBEXEC"); chosen && !chosen->empty()) {
    folders.push_back(*chosen);
  }
  const std::string own = folder_of(executable);
  folders.push_back(folder_of(own) + "/libexec/hearth");
  folders.push_back(own);
  return folders;
}

std::vector<Runner> find_runners(const std::vector<std::string>& folders) {
  std::vector<Runner> found;
  for (const std::string& folder : folders) {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), &::closedir);
    if (!listing) continue;
    while (const dirent* entry = ::readdir(listing.get())) {
      const std::string_view name = entry->d_name;
      if (!name.starts_with(kRunnerName)) continue;
      std::string_view rest = name.substr(kRunnerName.size());
      const std::string path = folder + "/" + std::string(name);
      if (!rest.empty() && !rest.starts_with('-')) continue;
      if (!rest.empty()) rest.remove_prefix(1);
      if (::access(path.c_str(), X_OK) == 0) found.push_back({path, std::string(rest)});
    }
    if (!found.empty()) break;
  }
  std::sort(found.begin(), found.end(),
            [](const Runner& a, const Runner& b) { return a.variant < b.variant; });
  return found;
}

Result<Runner> choose_runner(const Settings& settings, const std::vector<Runner>& found,
                             const Cpu& cpu, const std::vector<std::string>& folders) {
  if (const std::string& path = settings.text(Key::kRunnerPath); !path.empty()) {
    if (::access(path.c_str(), X_OK) == 0) return Runner{path, ""};
    return fail(Code::kNotFound,
                "runner.path is '" + path + "' (" + settings.origin(Key::kRunnerPath).to_string() +
                    "), but there is no executable; correct it or leave it empty",
                path);
  }
  if (const std::string& variant = settings.text(Key::kRunnerVariant); !variant.empty()) {
    return named_runner(variant, found);
  }
  std::optional<Runner> best;
  for (const Runner& runner : found) {  // sorted, so the plain one first and v4 last
    const bool candidate = runner.variant.empty() || is_level(runner.variant);
    if (candidate && missing_flags(runner.variant, cpu).empty()) best = runner;
  }
  if (best) return *best;
  if (found.empty()) {
    return fail(Code::kNotFound,
                "there is no hearth-runner in " + joined(folders) +
                    "; build it (`./run`), or set HEARTH_LIBEXEC or runner.path to where it is");
  }
  return fail(Code::kNotFound,
              "none of the runners in '" + folder_of(found.front().path) +
                  "' fits this CPU; build one for it (`./run`) or set runner.path");
}

Result<Runner> own_runner(const Settings& settings, const Cpu& cpu) {
  const auto folders = runner_folders(system_environment(), own_executable());
  return choose_runner(settings, find_runners(folders), cpu, folders);
}

std::string share_folder(const Environment& environment, std::string_view executable) {
  if (const auto chosen = environment("HEARTH_SHARE"); chosen && !chosen->empty()) return *chosen;
  return folder_of(folder_of(executable)) + "/share/hearth";
}

std::string own_executable() {
  char path[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace hearth::config
