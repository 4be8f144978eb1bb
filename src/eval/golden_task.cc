#include "eval/golden_task.h"

#include <initializer_list>
#include <set>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "json/node.h"
#include "json/parse.h"

namespace hearth::eval {

namespace {

using base::Code;
using json::Node;

Result<void> check_members(const Node& node, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : HEARTH_TRY(node.members())) {
    const bool is_known = std::find(known.begin(), known.end(), key) != known.end();
    if (!is_known) return fail(value.wrong("is no field of a golden task"));
  }
  return {};
}

Result<std::string> text_of(const Node& node, std::string_view key) {
  const auto field = node.find(key);
  if (!field) return std::string();
  return std::string(HEARTH_TRY(field->text()));
}

Result<std::vector<std::string>> texts_of(const Node& node, std::string_view key) {
  std::vector<std::string> texts;
  const auto field = node.find(key);
  if (!field) return texts;
  for (const Node& one : HEARTH_TRY(field->elements()))
    texts.emplace_back(HEARTH_TRY(one.text()));
  return texts;
}

// In the workspace and not beside it.
Result<std::string> place_of(std::string_view path, const Node& node) {
  const bool leaves = path.empty() || path.front() == '/' ||
                      fmt::format("/{}/", path).find("/../") != std::string::npos;
  if (leaves) return fail(node.wrong("has a path that leaves the workspace"));
  return std::string(path);
}

Result<FileWish> read_wish(const Node& node) {
  HEARTH_TRY(check_members(node, {"is", "has"}));
  FileWish wish;
  if (node.find("is")) wish.is = HEARTH_TRY(text_of(node, "is"));
  wish.has = HEARTH_TRY(texts_of(node, "has"));
  if (!wish.is && wish.has.empty()) return fail(node.wrong("says neither `is` nor `has`"));
  return wish;
}

Result<void> read_expectation(const Node& node, GoldenTask& task) {
  HEARTH_TRY(check_members(node, {"files", "gone", "answer"}));
  if (const auto files = node.find("files")) {
    for (const auto& [path, wish] : HEARTH_TRY(files->members())) {
      const std::string place = HEARTH_TRY(place_of(path, wish));
      task.wished[place] = HEARTH_TRY(read_wish(wish));
    }
  }
  task.gone = HEARTH_TRY(texts_of(node, "gone"));
  task.answer = HEARTH_TRY(texts_of(node, "answer"));
  return {};
}

Result<GoldenTask> read_golden_task(std::string_view line) {
  const auto value = HEARTH_TRY(json::parse(line));
  const Node root(value);
  HEARTH_TRY(check_members(root, {"id", "kind", "task", "plan", "say", "files", "expect"}));
  GoldenTask task;
  task.id = HEARTH_TRY(text_of(root, "id"));
  task.kind = HEARTH_TRY(text_of(root, "kind"));
  task.task = HEARTH_TRY(text_of(root, "task"));
  task.say = HEARTH_TRY(text_of(root, "say"));
  if (task.id.empty() || task.task.empty()) return fail(root.wrong("needs an `id` and a `task`"));
  if (const auto plan = root.find("plan")) task.plan = plan->json();
  if (const auto files = root.find("files")) {
    for (const auto& [path, content] : HEARTH_TRY(files->members())) {
      const std::string place = HEARTH_TRY(place_of(path, content));
      task.files[place] = std::string(HEARTH_TRY(content.text()));
    }
  }
  const Node expect = HEARTH_TRY(root.require("expect"));
  HEARTH_TRY(read_expectation(expect, task));
  return task;
}

}  // namespace

Result<std::vector<GoldenTask>> read_golden_tasks(std::string_view lines) {
  if (lines.size() > kGoldenBytesMost) {
    return fail(Code::kInvalidArgument,
                fmt::format("golden tasks of more than {} bytes", kGoldenBytesMost));
  }
  std::vector<GoldenTask> tasks;
  std::set<std::string> ids;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto task = read_golden_task(line);
    if (!task) {
      return fail(Code::kInvalidArgument, fmt::format("line {}: {}", number, task.error().message));
    }
    if (!ids.insert(task->id).second) {
      return fail(Code::kInvalidArgument,
                  fmt::format("line {}: there is another task {}", number, task->id));
    }
    tasks.push_back(*std::move(task));
  }
  if (tasks.empty()) return fail(Code::kInvalidArgument, "there is no golden task");
  return tasks;
}

}  // namespace hearth::eval
