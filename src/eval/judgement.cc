#include "eval/judgement.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/trimmed.h"

namespace hearth::eval {

namespace {

constexpr std::size_t kShownBytes = 80;
constexpr std::string_view kBlanks = " \t\r\n";

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string shown(std::string_view text) {
  std::string line(text.substr(0, kShownBytes));
  std::replace(line.begin(), line.end(), '\n', '|');
  return line;
}

void compare(const std::string& path, const FileWish& wish, const std::string& content,
             std::vector<std::string>& problems) {
  if (wish.is && base::trimmed(*wish.is, kBlanks) != base::trimmed(content, kBlanks)) {
    problems.push_back(fmt::format("{} is '{}', not '{}'", path, shown(content), shown(*wish.is)));
  }
  for (const std::string& part : wish.has) {
    if (content.find(part) != std::string::npos) continue;
    problems.push_back(fmt::format("{} lacks '{}': '{}'", path, part, shown(content)));
  }
}

void check_kept(const GoldenTask& task, const Observed& observed,
                std::vector<std::string>& problems) {
  for (const auto& [path, before] : task.files) {
    const bool may_change = task.wished.count(path) > 0 ||
                            std::find(task.gone.begin(), task.gone.end(), path) != task.gone.end();
    if (may_change) continue;
    const auto after = observed.files.find(path);
    if (after == observed.files.end()) {
      problems.push_back(path + " is gone");
    } else if (after->second != before) {
      problems.push_back(fmt::format("{} has changed: '{}'", path, shown(after->second)));
    }
  }
}

}  // namespace

std::vector<std::string> problems_of(const GoldenTask& task, const Observed& observed) {
  std::vector<std::string> problems;
  if (observed.status != "completed" && task.say != "no") {
    problems.push_back(fmt::format("it ended {}: {}", observed.status, shown(observed.message)));
  }
  for (const auto& [path, wish] : task.wished) {
    const auto found = observed.files.find(path);
    if (found == observed.files.end()) {
      problems.push_back("there is no " + path);
    } else {
      compare(path, wish, found->second, problems);
    }
  }
  for (const std::string& path : task.gone)
    if (observed.files.count(path) > 0) problems.push_back(path + " is still there");
  check_kept(task, observed, problems);
  const std::string answer = lowered(observed.answer);
  for (const std::string& part : task.answer) {
    if (answer.find(lowered(part)) != std::string::npos) continue;
    problems.push_back(fmt::format("the answer lacks '{}': '{}'", part, shown(observed.answer)));
  }
  return problems;
}

}  // namespace hearth::eval
