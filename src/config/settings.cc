#include "config/settings.h"

#include <algorithm>
#include <utility>

#include <unistd.h>

#include "base/fd.h"
#include "base/nearest.h"
#include "config/llamacpp_environment.h"
#include "config/yaml_file.h"

namespace hearth::config {

namespace {

constexpr std::string_view kPrefix = "HEARTH_";
// A variable further away than this from every setting is somebody else's.
constexpr std::size_t kMisspeltDistanceMax = 2;

std::string at(const Assignment& assignment) {
  const Origin& origin = assignment.origin;
  return origin.kind == Origin::Kind::kFile ? origin.where : origin.to_string();
}

std::string unknown_key(const Assignment& assignment) {
  return at(assignment) + ": unknown setting '" + assignment.key + "'; did you mean '" +
         std::string(nearest_setting(assignment.key)) + "'? `hearth config show` lists all of them";
}

// What only two settings together can be wrong about; empty when nothing is.
std::string problem_between(const Settings& settings) {
  const bool certificate = !settings.text(Key::kServerTlsCertificate).empty();
  const bool key = !settings.text(Key::kServerTlsKey).empty();
  if (certificate == key) return {};
  const Key given = certificate ? Key::kServerTlsCertificate : Key::kServerTlsKey;
  const Key missing = certificate ? Key::kServerTlsKey : Key::kServerTlsCertificate;
  return settings.origin(given).to_string() + ": " + std::string(setting_of(given).name) +
         " is set and " + std::string(setting_of(missing).name) + " is not; TLS needs both";
}

}  // namespace

std::string Origin::to_string() const {
  switch (kind) {
    case Kind::kDefault:
      return "default";
    case Kind::kFile:
      return where;
    case Kind::kEnvironment:
      return "environment " + where;
    case Kind::kFlag:
      return "flag " + where;
  }
  return {};
}

Settings::Settings() {
  for (const Setting& setting : settings_table()) {
    auto value = parse_value(setting, setting.default_text);
    HEARTH_ASSERT(value.has_value());
    entries_[static_cast<std::size_t>(setting.key)].value = std::move(*value);
  }
}

Result<Settings> Settings::resolve(const std::vector<Assignment>& assignments) {
  Settings settings;
  std::string problems;
  const auto add_problem = [&](const std::string& problem) {
    if (!problems.empty()) problems += '\n';
    problems += problem;
  };
  for (const Assignment& assignment : assignments) {
    const Setting* setting = find_setting(assignment.key);
    if (setting == nullptr) {
      add_problem(unknown_key(assignment));
      continue;
    }
    auto value = parse_value(*setting, assignment.text);
    if (!value) {
      add_problem(at(assignment) + ": " + value.error().message);
      continue;
    }
    settings.entries_[static_cast<std::size_t>(setting->key)] = {std::move(*value),
                                                                 assignment.origin};
  }
  if (problems.empty()) problems = problem_between(settings);
  if (!problems.empty()) return fail(Code::kInvalidArgument, problems);
  return settings;
}

const std::string& Settings::text(Key key) const {
  const auto* text = std::get_if<std::string>(&entry(key).value);
  HEARTH_ASSERT(text != nullptr);
  return *text;
}

std::int64_t Settings::integer(Key key) const {
  const auto* number = std::get_if<std::int64_t>(&entry(key).value);
  HEARTH_ASSERT(number != nullptr);
  return *number;
}

Result<std::vector<Assignment>> read_file_settings(const std::string& path) {
  std::vector<Assignment> assignments;
  auto text = base::load_text_file(path, kFileBytesMax);
  if (!text && text.error().code == Code::kNotFound) return assignments;
  const std::string content = HEARTH_TRY(std::move(text));
  for (FileEntry& entry : HEARTH_TRY(parse_yaml(content, path))) {
    assignments.push_back({std::move(entry.key),
                           std::move(entry.value),
                           {Origin::Kind::kFile, path + ":" + std::to_string(entry.line)}});
  }
  return assignments;
}

std::vector<Assignment> environment_settings(const std::vector<std::string>& environment) {
  std::vector<Assignment> assignments;
  for (const std::string& variable : environment) {
    const std::size_t equals = variable.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view name = std::string_view(variable).substr(0, equals);
    for (const Setting& setting : settings_table()) {
      if (setting.environment != name) continue;
      assignments.push_back({std::string(setting.name),
                             variable.substr(equals + 1),
                             {Origin::Kind::kEnvironment, std::string(name)}});
    }
  }
  return assignments;
}

std::vector<std::string> suspicious_environment(const std::vector<std::string>& environment) {
  std::vector<std::string_view> known;
  for (const Setting& setting : settings_table())
    known.push_back(setting.environment);
  std::vector<std::string> suspicious;
  for (const std::string& variable : environment) {
    const std::string_view name = std::string_view(variable).substr(0, variable.find('='));
    if (!name.starts_with(kPrefix)) continue;
    const std::string_view meant = base::nearest(name, known);
    const std::size_t distance = base::edit_distance(name, meant);
    if (distance == 0 || distance > kMisspeltDistanceMax) continue;
    suspicious.push_back("the environment variable " + std::string(name) +
                         " is no setting and is ignored; did you mean " + std::string(meant) + "?");
  }
  return suspicious;
}

std::vector<std::string> process_environment() {
  std::vector<std::string> variables;
  for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

Result<Settings> load_settings(const std::string& file_path,
                               const std::vector<std::string>& environment,
                               const std::vector<Assignment>& flags) {
  std::vector<Assignment> all = HEARTH_TRY(read_file_settings(file_path));
  for (Assignment& assignment : HEARTH_TRY(llamacpp_settings(environment)))
    all.push_back(std::move(assignment));
  for (Assignment& assignment : environment_settings(environment))
    all.push_back(std::move(assignment));
  all.insert(all.end(), flags.begin(), flags.end());
  return Settings::resolve(all);
}

}  // namespace hearth::config
