#include "cli/task/task_view.h"

#include <charconv>

#include <fmt/format.h>

#include "cli/task/task_fields.h"
#include "json/parse.h"

namespace hearth::cli {

namespace {

using json::Node;

std::vector<Node> list_in(const Node& node, std::string_view key) {
  const auto field = node.find(key);
  return field ? field->elements().value_or(std::vector<Node>()) : std::vector<Node>();
}

}  // namespace

Result<void> TaskView::show(const SseEvent& event) {
  if (format_ == Format::kJson) {
    console_.print(fmt::format(R"({{"event":"{}","data":{}}})", event.type, event.data) + "\n");
  }
  const auto value = HEARTH_TRY(json::parse(event.data));
  const Node node(value);
  run_ = text_in(node, "run_id");
  if (!event.id.empty()) {
    std::from_chars(event.id.data(), event.id.data() + event.id.size(), last_event_);
  }
  if (event.type == "approval.requested") {
    question_ =
        TaskQuestion{number_in(node, "approval"), text_in(node, "about"), text_in(node, "text")};
  } else if (event.type == "approval.resolved") {
    question_.reset();
  }
  is_paused_ = event.type == "run.paused";
  if (event.type == "run.completed" || event.type == "run.failed" ||
      event.type == "run.cancelled") {
    show_end(node);
  } else if (format_ == Format::kText) {
    show_line(event.type, node);
  }
  return {};
}

void TaskView::show_plan(const Node& event) {
  const auto plan = event.find("plan");
  if (!plan || !plan->is_object()) return;
  const std::int64_t revision = number_in(event, "revision");
  say(revision > 1 ? fmt::format("The plan, revision {}:", revision) : "The plan:");
  for (const Node& step : list_in(*plan, "steps")) {
    const std::string id = text_in(step, "id");
    const std::string tool = text_in(step, "tool");
    titles_[id] = text_in(step, "title");
    say(fmt::format("  {}  {}{}", id, titles_[id], tool.empty() ? "" : " (" + tool + ")"));
  }
}

void TaskView::show_line(const std::string& type, const Node& event) {
  const std::string step = text_in(event, "step");
  const std::string title = titles_[step];
  if (type == "run.started") {
    say("Task " + run_);
  } else if (type == "run.resumed") {
    say("It goes on where it was.");
  } else if (type == "run.paused") {
    const std::string reason = text_in(event, "reason");
    say(fmt::format("It is paused{}; `hearth task resume {}{}` goes on.",
                    reason.empty() ? "" : ", because " + reason, run_,
                    reason.empty() ? "" : " --force"));
  } else if (type == "plan.created" || type == "plan.revised") {
    show_plan(event);
  } else if (type == "plan.rejected") {
    say(fmt::format("The plan is refused by the {}:", text_in(event, "by")));
    for (const Node& problem : list_in(event, "problems"))
      say("  - " + std::string(problem.text().value_or("")));
  } else if (type == "plan.accepted") {
    say("The plan is accepted.");
  } else if (type == "step.started") {
    say(fmt::format("{}  {} …", step, title));
  } else if (type == "step.retry" || type == "step.failed") {
    say(fmt::format("{}  {}: {}", step, type == "step.retry" ? "again" : "failed",
                    text_in(event, "message")));
  } else if (type == "step.skipped") {
    say(fmt::format("{}  skipped: {}", step, text_in(event, "reason")));
  } else if (type == "step.completed") {
    say(fmt::format("{}  done", step));
  } else if (type == "plan.replan") {
    say("Planning anew: " + text_in(event, "reason"));
  } else if (type == "budget.warning" || type == "budget.exhausted") {
    say(fmt::format("The budget of {} is {}.", text_in(event, "limit"),
                    type == "budget.warning" ? "nearly used up" : "used up"));
  } else if (type == "load.progress" && number_in(event, "done") == 0) {
    say("Loading " + text_in(event, "model") + " …");
  }
}

void TaskView::show_end(const Node& event) {
  const std::string status = text_in(event, "status");
  exit_code_ = status == "completed"   ? kExitDone
               : status == "partial"   ? kExitPartial
               : status == "cancelled" ? kExitCancelled
                                       : kExitFailed;
  if (format_ == Format::kJson) return;
  for (const Node& warning : list_in(event, "warnings"))
    say("warning: " + std::string(warning.text().value_or("")));
  const std::string message = text_in(event, "message");
  if (status != "completed") {
    say(fmt::format("{}{}",
                    status == "partial"     ? "Not all of it was done: "
                    : status == "cancelled" ? "Cancelled: "
                                            : "hearth: the task failed: ",
                    message));
  }
  const std::string answer = text_in(event, "answer");
  if (!answer.empty()) console_.print(answer + "\n");
}

}  // namespace hearth::cli
