#include "cli/eval/flow_trial.h"

#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "cli/eval/trial_folder.h"
#include "cli/sse_reader.h"
#include "cli/task/task_fields.h"
#include "eval/judgement.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

using json::Node;

constexpr int kTrialSeconds = 180;

std::string request_body(const eval::GoldenTask& task, const FlowRoles& roles,
                         const std::string& workspace) {
  json::Writer json;
  json.open('{').key("task").text(task.task).key("workspace").text(workspace);
  json.key("approve").text("auto").key("roles").open('{').key("planner").text(roles.planner);
  json.key("critic").text(roles.critic).key("executor").text(roles.executor).close('}');
  json.key("budget").open('{').key("wall_seconds").number(kTrialSeconds).close('}');
  if (!task.plan.empty()) json.key("plan").verbatim(task.plan);
  return json.close('}').take();
}

// What the task of this id does, until it is over or asks for something.
class Watch {
 public:
  Watch(const DaemonApi& daemon, std::string id) : daemon_(daemon), id_(std::move(id)) {}

  Result<void> go(const eval::GoldenTask& task, Interrupt& interrupt) {
    while (!is_over_) {
      const auto followed = daemon_.follow_events(
          fmt::format("/hearth/v1/tasks/{}/events?after={}", id_, last_),
          [this](const SseEvent& event) { return hear(event); }, interrupt.fd());
      if (is_over_) break;
      if (interrupt.take() != 0) {
        HEARTH_TRY(daemon_.task("POST", "/" + id_ + "/cancel"));
        return fail(Code::kCancelled, "the evaluation was interrupted");
      }
      if (asked_) {
        HEARTH_TRY(answer(task));
        continue;
      }
      HEARTH_TRY(followed);
      return fail(Code::kUnavailable, "nobody works at the task " + id_);
    }
    return {};
  }

 private:
  Result<void> hear(const SseEvent& event) {
    if (!event.id.empty()) last_ = event.id;
    is_over_ = event.type == "run.completed" || event.type == "run.failed" ||
               event.type == "run.cancelled";
    if (event.type == "approval.requested") {
      const auto value = HEARTH_TRY(json::parse(event.data));
      asked_ = number_in(Node(value), "approval");
    } else if (event.type == "approval.resolved") {
      asked_.reset();
    }
    if (is_over_ || asked_) return fail(Code::kCancelled, "enough");
    return {};
  }
  Result<void> answer(const eval::GoldenTask& task) {
    json::Writer json;
    json.open('{').key("approval").number(*asked_);
    json.key("approve").boolean(!task.say.empty() && task.say != "no");
    HEARTH_TRY(daemon_.task("POST", "/" + id_ + "/approve",
                            json.key("answer").text(task.say).close('}').take()));
    asked_.reset();
    return {};
  }

  const DaemonApi& daemon_;
  const std::string id_;
  std::string last_ = "0";  // event heard
  std::optional<std::int64_t> asked_;
  bool is_over_ = false;
};

struct Ended {
  eval::Observed observed;
  eval::Trial trial;
};

Result<Ended> read_sheet(const std::string& sheet) {
  const auto value = HEARTH_TRY(json::parse(sheet));
  const Node root(value);
  Ended ended;
  ended.observed.status = text_in(root, "status");
  ended.observed.answer = text_in(root, "answer");
  ended.observed.message = text_in(root, "message");
  if (const auto steps = root.find("steps")) {
    ended.trial.steps = static_cast<std::uint32_t>(HEARTH_TRY(steps->elements()).size());
  }
  const Node budget = HEARTH_TRY(root.require("budget"));
  const Node used = HEARTH_TRY(budget.require("used"));
  const auto count = [&](std::string_view key) {
    return static_cast<std::uint32_t>(number_in(used, key));
  };
  ended.trial.model_calls = count("model_calls");
  ended.trial.tool_calls = count("tool_calls");
  ended.trial.tokens = count("tokens");
  ended.trial.swap_ms = number_in(used, "swap_ms");
  return ended;
}

}  // namespace

Result<eval::Trial> try_task(const DaemonApi& daemon, const eval::GoldenTask& task,
                             const FlowRoles& roles, Interrupt& interrupt) {
  const TrialFolder folder = HEARTH_TRY(TrialFolder::make(task.files));
  const auto began = std::chrono::steady_clock::now();
  const std::string reply =
      HEARTH_TRY(daemon.task("POST", "", request_body(task, roles, folder.path())));
  const auto value = HEARTH_TRY(json::parse(reply));
  const std::string id = text_in(Node(value), "id");
  HEARTH_TRY(Watch(daemon, id).go(task, interrupt));
  const auto took = std::chrono::steady_clock::now() - began;
  const std::string sheet = HEARTH_TRY(daemon.task("GET", "/" + id));
  Ended ended = HEARTH_TRY(read_sheet(sheet));
  ended.observed.files = folder.files();
  ended.trial.task = task.id;
  ended.trial.kind = task.kind;
  ended.trial.took_ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  ended.trial.problems = eval::problems_of(task, ended.observed);
  return ended.trial;
}

}  // namespace hearth::cli
