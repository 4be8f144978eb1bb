#include "cli/template_check.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>

#include <unistd.h>

#include "config/runners.h"
#include "process/child.h"

namespace hearth::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".jinja";
constexpr std::size_t kSaidBytesMax = 16 * 1024;  // what a runner says beyond is not shown
constexpr std::size_t kReadBytes = 4096;

// Everything, so that nobody waits for us to read; the beginning is kept.
std::string read_to_end(const Fd& pipe) {
  std::string text;
  char buffer[kReadBytes];
  while (true) {
    const ssize_t count = ::read(pipe.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    const auto room = kSaidBytesMax - text.size();
    text.append(buffer, std::min(room, static_cast<std::size_t>(count)));
  }
  while (text.ends_with('\n'))
    text.pop_back();
  return text;
}

}  // namespace

Result<std::vector<std::string>> template_files(const config::Settings& settings,
                                                const config::Home& home) {
  std::vector<std::string> files;
  const std::string& named = settings.text(config::Key::kModelChatTemplate);
  if (named.starts_with('/')) files.push_back(named);
  std::error_code error;
  const std::string folder = home.templates_folder();
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string path = at->path().string();
    if (path.ends_with(kSuffix) && path != named) files.push_back(path);
    if (files.size() <= kTemplatesMax) continue;
    return fail(Code::kResourceExhausted,
                "more than " + std::to_string(kTemplatesMax) + " templates are in '" + folder + "'",
                folder);
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<void> check_templates(const config::Settings& settings,
                             const std::vector<std::string>& files) {
  if (files.empty()) return {};
  const config::Runner runner = HEARTH_TRY(config::own_runner(settings, config::read_cpu()));
  process::SpawnOptions options;
  options.program = runner.path;
  options.arguments = {"--check-template"};
  options.arguments.insert(options.arguments.end(), files.begin(), files.end());
  options.out = process::SpawnOptions::Output::kDiscard;
  options.err = process::SpawnOptions::Output::kPipe;
  process::Child child = HEARTH_TRY(process::Child::spawn(options));
  const Fd said = HEARTH_TRY(child.take_stderr());
  const std::string problems = read_to_end(said);
  const auto status = HEARTH_TRY(child.wait(kTemplateCheckMax));
  if (status.is_success()) return {};
  if (status.signal == 0 && !problems.empty()) return fail(Code::kInvalidArgument, problems);
  return fail(Code::kInternal, "'" + runner.path + "' could not check the templates: " +
                                   status.to_string() + (problems.empty() ? "" : ": " + problems));
}

}  // namespace hearth::cli
