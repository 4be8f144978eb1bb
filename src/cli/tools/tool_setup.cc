#include "cli/tools/tool_setup.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/fnv.h"

namespace hearth::cli {

using config::Key;

namespace {

constexpr std::uint32_t kCpuShare = 4;  // cores that one process may keep busy all the time

}  // namespace

tool::BuiltinOptions tool_options(const config::Home& home, const config::Settings& settings,
                                  const std::string& executable) {
  tool::BuiltinOptions options;
  options.executable = executable;
  options.guarded = {home.config_folder(), home.data_folder(), home.cache_folder()};
  options.hosts = settings.names(Key::kToolsHosts);
  options.left_out = settings.names(Key::kToolsOff);
  const std::int64_t seconds = settings.integer(Key::kToolsTimeLimit);
  options.time_limit = std::chrono::seconds(seconds);
  options.output_bytes_max = static_cast<std::size_t>(settings.integer(Key::kToolsOutput));
  options.limits.memory_bytes = static_cast<std::uint64_t>(settings.integer(Key::kToolsMemory));
  options.limits.processes = static_cast<std::uint32_t>(settings.integer(Key::kToolsProcesses));
  options.limits.cpu_seconds = kCpuShare * static_cast<std::uint32_t>(seconds);
  use_workspace(options, home, settings.text(Key::kToolsWorkspace));
  return options;
}

void use_workspace(tool::BuiltinOptions& options, const config::Home& home, std::string workspace) {
  options.scratch = fmt::format("{}/tools/{:016x}", home.cache_folder(), base::fnv1a(workspace));
  options.workspace = std::move(workspace);
}

Result<tool::Policy> tool_policy(const config::Settings& settings) {
  tool::Policy policy;
  policy.mode = tool::rule_named(settings.text(Key::kToolsApprove)).value_or(tool::Rule::kAsk);
  const auto added = tool::add_rules(policy, settings.text(Key::kToolsRules));
  if (added) return policy;
  return fail(Code::kInvalidArgument, settings.origin(Key::kToolsRules).to_string() +
                                          ": tools.rules: " + added.error().message);
}

}  // namespace hearth::cli
