#include "api/hearth/task_body.h"

#include "flow/plan/critique.h"
#include "flow/run/event_fields.h"

namespace hearth::api {

namespace {

using flow::State;
using flow::StepRecord;

constexpr flow::Words<StepRecord::Status, 5> kStepStatuses{
    {"waiting", "running", "ok", "failed", "skipped"}};

void write_steps(json::Writer& json, const State& state) {
  json.key("steps").open('[');
  for (const flow::Step& step : state.plan->steps) {
    const StepRecord* record = state.find_record(step.id);
    json.open('{').key("step").text(step.id).key("title").text(step.title);
    json.key("status").text(kStepStatuses.word(record->status));
    json.key("attempt").number(record->attempt);
    if (!record->output.empty()) json.key("output").text(record->output);
    if (!record->problem.empty()) {
      json.key("error").open('{').key("class").text(flow::kFaults.word(record->fault));
      json.key("message").text(record->problem).close('}');
    }
    json.close('}');
  }
  json.close(']');
}

void write_approval(json::Writer& json, const flow::ApprovalRequested& asked) {
  json.key("approval").open('{').key("approval").number(asked.approval);
  json.key("about").text(flow::kAbouts.word(asked.about)).key("step").text(asked.step);
  json.key("text").text(asked.text);
  if (!asked.tool.name.empty()) {
    json.key("tool").text(asked.tool.name).key("args").verbatim(asked.tool.args);
  }
  json.close('}');
}

void write_end(json::Writer& json, const flow::RunEnded& end) {
  json.key("answer").text(end.answer);
  json.key("best_effort").boolean(end.how != flow::RunEnded::How::kCompleted);
  if (!end.message.empty()) json.key("message").text(end.message);
  json.key("warnings").open('[');
  for (const std::string& warning : end.warnings)
    json.text(warning);
  json.close(']');
}

}  // namespace

void write_head(json::Writer& json, const flow::RunHead& head) {
  json.key("id").text(head.id).key("status").text(flow::kStatuses.word(head.status));
  json.key("task").text(head.task).key("made_ms").number(head.made_ms);
  json.key("changed_ms").number(head.changed_ms).key("events").number(head.events);
  json.key("workspace").text(head.workspace);
  if (!head.parent.empty()) json.key("parent").text(head.parent);
}

std::string sheet_json(const TaskSheet& sheet) {
  const State& state = sheet.state;
  json::Writer json;
  json.open('{');
  write_head(json, sheet.head);
  json.key("mode").text(flow::kModes.word(state.start.mode));
  json.key("approve").text(flow::kApprovals.word(state.start.approve));
  json.key("roles").open('{').key("planner").text(state.start.cast.planner);
  json.key("critic").text(state.start.cast.critic);
  json.key("executor").text(state.start.cast.executor).close('}');
  if (state.end) write_end(json, *state.end);
  if (!state.end && !state.reason.empty()) json.key("message").text(state.reason);
  if (state.approval) write_approval(json, *state.approval);
  if (state.plan) {
    json.key("plan_rev").number(state.revision);
    json.key("plan").verbatim(plan_json(*state.plan));
    write_steps(json, state);
  }
  if (state.critique && state.critique->critique) {
    json.key("critique").verbatim(critique_json(*state.critique->critique));
  }
  json.key("budget").open('{');
  flow::write_budget(json.key("limit"), state.start.budget);
  flow::write_spending(json.key("used"), state.spent);
  return json.close('}').close('}').take();
}

std::string item_json(const flow::FeedItem& item, const std::string& run) {
  json::Writer json;
  json.open('{').key("run_id").text(run);
  if (item.number > 0) json.key("seq").number(item.number);
  json.key("ts").number(item.at_ms).close('}');
  std::string head = json.take();
  if (item.json.size() <= 2) return head;
  head.back() = ',';
  return head + item.json.substr(1);
}

}  // namespace hearth::api
