#include "api/hearth/task_request.h"

#include <algorithm>

#include "base/units.h"
#include "flow/fields.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::api {

namespace {

using json::Node;

constexpr json::Limits kLimits{.bytes = 512 * base::kKiB, .depth = 32, .values = 4096};
constexpr std::uint32_t kCallsMost = 1000;
constexpr std::uint32_t kTokensMost = 10'000'000;
constexpr std::uint32_t kSecondsMost = 7 * 24 * 60 * 60;
constexpr std::uint32_t kChangesMost = 20;

Result<boost::json::value> parsed(std::string_view body) {
  auto document = json::parse(body.empty() ? "{}" : body, kLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  return document;
}

// Every part of it may be made larger, within reason.
Result<flow::Budget> read_budget(const Node& node) {
  flow::Budget budget = HEARTH_TRY(flow::read_budget(node));
  struct Bound {
    std::string_view name;
    std::uint32_t value;
    std::uint32_t most;
  };
  const Bound bounds[] = {{"model_calls", budget.model_calls, kCallsMost},
                          {"tool_calls", budget.tool_calls, kCallsMost},
                          {"tokens", budget.tokens, kTokensMost},
                          {"revisions", budget.revisions, kChangesMost},
                          {"replans", budget.replans, kChangesMost},
                          {"wall_seconds", budget.wall_seconds, kSecondsMost},
                          {"swap_seconds", budget.swap_seconds, kSecondsMost},
                          {"steps", budget.steps, std::uint32_t{flow::kStepsMost}}};
  for (const Bound& bound : bounds) {
    if (bound.value <= bound.most) continue;
    return fail(node.wrong(
        fmt::format("allows {} {}; the limit is {}", bound.value, bound.name, bound.most)));
  }
  return budget;
}

Result<flow::Cast> read_cast(const Node& node) {
  HEARTH_TRY(flow::check_members(node, {"planner", "critic", "executor"}));
  flow::Cast cast;
  HEARTH_TRY(flow::read_field(node, "planner", cast.planner));
  HEARTH_TRY(flow::read_field(node, "critic", cast.critic));
  HEARTH_TRY(flow::read_field(node, "executor", cast.executor));
  return cast;
}

Result<std::string> read_workspace(const Node& node) {
  const std::string_view path = HEARTH_TRY(node.text());
  if (path.empty() || path.front() == '/') return std::string(path);
  return fail(node.wrong("must be the absolute path of a folder"));
}

Result<std::string> read_own_plan(const Node& node) {
  auto plan = flow::read_plan(node.json());
  if (!plan) return fail(node.wrong("is no plan: " + plan.error().message));
  return flow::plan_json(*plan);
}

}  // namespace

Result<TaskRequest> read_task_request(std::string_view body) {
  const auto document = HEARTH_TRY(parsed(body));
  const Node root(document);
  HEARTH_TRY(flow::check_members(
      root, {"task", "mode", "approve", "workspace", "roles", "budget", "plan", "stream"}));
  TaskRequest request;
  TaskWish& wish = request.wish;
  wish.task = HEARTH_TRY(flow::required_text(root, "task"));
  const Node task = HEARTH_TRY(root.require("task"));
  if (wish.task.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail(task.wrong("says nothing; write what is to be done"));
  }
  if (wish.task.size() > kTaskBytesMost) {
    return fail(
        task.wrong(fmt::format("has {} bytes; the limit is {}; put what is long into a "
                               "file of the workspace",
                               wish.task.size(), kTaskBytesMost)));
  }
  HEARTH_TRY(flow::read_field(root, "mode", flow::kModes, wish.mode));
  if (const auto approve = root.find("approve"))
    wish.approve = HEARTH_TRY(flow::kApprovals.read(*approve));
  if (const auto path = root.find("workspace")) wish.workspace = HEARTH_TRY(read_workspace(*path));
  if (const auto roles = root.find("roles")) wish.cast = HEARTH_TRY(read_cast(*roles));
  if (const auto budget = root.find("budget")) wish.budget = HEARTH_TRY(read_budget(*budget));
  if (const auto plan = root.find("plan")) wish.plan = HEARTH_TRY(read_own_plan(*plan));
  HEARTH_TRY(flow::read_field(root, "stream", request.stream));
  return request;
}

Result<TaskAnswer> read_task_answer(std::string_view body) {
  const auto document = HEARTH_TRY(parsed(body));
  const Node root(document);
  HEARTH_TRY(flow::check_members(root, {"approval", "approve", "answer"}));
  TaskAnswer answer;
  HEARTH_TRY(flow::read_field(root, "approval", answer.approval));
  const Node approve = HEARTH_TRY(root.require("approve"));
  answer.granted = HEARTH_TRY(approve.boolean());
  HEARTH_TRY(flow::read_field(root, "answer", answer.answer));
  return answer;
}

Result<TaskResumption> read_task_resumption(std::string_view body) {
  const auto document = HEARTH_TRY(parsed(body));
  const Node root(document);
  HEARTH_TRY(flow::check_members(root, {"force"}));
  TaskResumption resumption;
  HEARTH_TRY(flow::read_field(root, "force", resumption.forced));
  return resumption;
}

Result<std::uint64_t> read_fork_request(std::string_view body) {
  const auto document = HEARTH_TRY(parsed(body));
  const Node root(document);
  HEARTH_TRY(flow::check_members(root, {"events"}));
  std::uint32_t events = 0;
  HEARTH_TRY(flow::read_field(root, "events", events));
  return events;
}

}  // namespace hearth::api
