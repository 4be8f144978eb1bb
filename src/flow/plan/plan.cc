#include "flow/plan/plan.h"

#include <algorithm>

#include <boost/json/value.hpp>

#include "flow/fields.h"
#include "flow/words.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::flow {

namespace {

using json::Node;

constexpr std::size_t kPlanDepthMost = 32;
constexpr std::size_t kPlanValuesMost = 20'000;

constexpr Words<Check::Kind, 8> kChecks{{"nonempty", "json_schema", "regex", "contains",
                                         "file_exists", "exit_zero", "max_chars", "critic"}};
constexpr Words<Step::Kind, 3> kKinds{{"llm", "tool", "ask_user"}};
constexpr Words<Step::Output, 4> kOutputs{{"text", "json", "file", "none"}};
constexpr Words<Step::OnFail, 4> kOnFail{{"retry", "replan", "skip", "abort"}};
constexpr Words<Plan::Format, 3> kFormats{{"text", "json", "markdown"}};

Result<Check> read_check(const Node& node) {
  HEARTH_TRY(check_members(node, {"type", "value"}));
  const Node type = HEARTH_TRY(node.require("type"));
  Check check{HEARTH_TRY(kChecks.read(type))};
  if (const auto value = node.find("value")) {
    check.value = value->is_string() ? std::string(HEARTH_TRY(value->text())) : value->json();
  }
  return check;
}

Result<void> read_call(const Node& node, Step& step) {
  HEARTH_TRY(read_field(node, "tool", step.tool));
  if (const auto args = node.find("args")) {
    if (!args->is_object()) return fail(args->wrong("must be an object"));
    step.args = args->json();
  }
  if (step.kind == Step::Kind::kTool && step.args.empty()) step.args = "{}";
  return {};
}

Result<void> read_demands(const Node& node, Step& step) {
  HEARTH_TRY(read_field(node, "output", kOutputs, step.output));
  if (const auto schema = node.find("output_schema")) {
    if (!schema->is_object()) return fail(schema->wrong("must be an object"));
    step.output_schema = schema->json();
  }
  if (const auto checks = node.find("checks")) {
    for (const Node& one : HEARTH_TRY(checks->elements()))
      step.checks.push_back(HEARTH_TRY(read_check(one)));
    if (step.checks.size() > kChecksMost) {
      return fail(checks->wrong(fmt::format("has more than {} checks", kChecksMost)));
    }
  }
  HEARTH_TRY(read_field(node, "on_fail", kOnFail, step.on_fail));
  if (const auto most = node.find("max_attempts")) {
    step.attempts_max = static_cast<std::uint32_t>(HEARTH_TRY(most->integer(1, kAttemptsMost)));
  }
  return {};
}

Result<Step> read_step(const Node& node) {
  HEARTH_TRY(
      check_members(node, {"id", "kind", "title", "instruction", "tool", "args", "depends_on",
                           "output", "output_schema", "checks", "on_fail", "max_attempts"}));
  Step step;
  step.id = HEARTH_TRY(required_text(node, "id"));
  const Node kind = HEARTH_TRY(node.require("kind"));
  step.kind = HEARTH_TRY(kKinds.read(kind));
  step.title = HEARTH_TRY(required_text(node, "title"));
  step.instruction = HEARTH_TRY(required_text(node, "instruction"));
  HEARTH_TRY(read_call(node, step));
  HEARTH_TRY(read_field(node, "depends_on", step.depends_on));
  HEARTH_TRY(read_demands(node, step));
  return step;
}

void write_texts(json::Writer& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key).open('[');
  for (const std::string& text : texts)
    json.text(text);
  json.close(']');
}

// A text that is no JSON, or a text that was one.
void write_value(json::Writer& json, const Check& check) {
  const bool plain = check.kind != Check::Kind::kJsonSchema && check.kind != Check::Kind::kMaxChars;
  if (!plain && json::parse(check.value)) {
    json.verbatim(check.value);
  } else {
    json.text(check.value);
  }
}

void write_checks(json::Writer& json, const std::vector<Check>& checks) {
  json.key("checks").open('[');
  for (const Check& check : checks) {
    json.open('{').key("type").text(kChecks.word(check.kind));
    if (!check.value.empty()) write_value(json.key("value"), check);
    json.close('}');
  }
  json.close(']');
}

void write_step(json::Writer& json, const Step& step) {
  json.open('{').key("id").text(step.id).key("kind").text(kKinds.word(step.kind));
  json.key("title").text(step.title).key("instruction").text(step.instruction);
  if (!step.tool.empty()) json.key("tool").text(step.tool);
  if (!step.args.empty()) json.key("args").verbatim(step.args);
  write_texts(json, "depends_on", step.depends_on);
  if (step.output != Step::Output::kText) json.key("output").text(kOutputs.word(step.output));
  if (!step.output_schema.empty()) json.key("output_schema").verbatim(step.output_schema);
  if (!step.checks.empty()) write_checks(json, step.checks);
  const Step usual{};
  if (step.on_fail != usual.on_fail) json.key("on_fail").text(kOnFail.word(step.on_fail));
  if (step.attempts_max != usual.attempts_max) json.key("max_attempts").number(step.attempts_max);
  json.close('}');
}

}  // namespace

std::string_view check_name(Check::Kind kind) {
  return kChecks.word(kind);
}
std::optional<Check::Kind> find_check(std::string_view name) {
  return kChecks.find(name);
}

const Step* Plan::find_step(std::string_view id) const {
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.id == id; });
  return found == steps.end() ? nullptr : &*found;
}

Result<Plan> read_plan(std::string_view text) {
  const boost::json::value value = HEARTH_TRY(json::parse(
      text, {.bytes = kPlanBytesMost, .depth = kPlanDepthMost, .values = kPlanValuesMost}));
  const Node node(value, "plan");
  HEARTH_TRY(
      check_members(node, {"reason", "goal", "assumptions", "success_criteria", "steps", "final"}));
  Plan plan;
  plan.reason = HEARTH_TRY(required_text(node, "reason"));
  plan.goal = HEARTH_TRY(required_text(node, "goal"));
  HEARTH_TRY(read_field(node, "assumptions", plan.assumptions));
  HEARTH_TRY(node.require("success_criteria"));
  HEARTH_TRY(read_field(node, "success_criteria", plan.success_criteria));
  const Node steps = HEARTH_TRY(node.require("steps"));
  for (const Node& one : HEARTH_TRY(steps.elements())) {
    plan.steps.push_back(HEARTH_TRY(read_step(one)));
    if (plan.steps.size() <= kStepsMost) continue;
    return fail(steps.wrong(fmt::format("has more than {} steps", kStepsMost)));
  }
  if (plan.steps.empty()) return fail(steps.wrong("has no step"));
  if (const auto final = node.find("final")) {
    HEARTH_TRY(check_members(*final, {"from", "format"}));
    HEARTH_TRY(read_field(*final, "from", plan.final_from));
    HEARTH_TRY(read_field(*final, "format", kFormats, plan.final_format));
  }
  return plan;
}

std::string plan_json(const Plan& plan) {
  json::Writer json;
  json.open('{').key("reason").text(plan.reason).key("goal").text(plan.goal);
  if (!plan.assumptions.empty()) write_texts(json, "assumptions", plan.assumptions);
  write_texts(json, "success_criteria", plan.success_criteria);
  json.key("steps").open('[');
  for (const Step& step : plan.steps)
    write_step(json, step);
  json.close(']').key("final").open('{');
  write_texts(json, "from", plan.final_from);
  json.key("format").text(kFormats.word(plan.final_format)).close('}').close('}');
  return json.take();
}

std::string plan_fingerprint(const Plan& plan) {
  Plan bare = plan;
  bare.reason.clear();
  bare.goal.clear();
  bare.assumptions.clear();
  bare.success_criteria.clear();
  for (Step& step : bare.steps)
    step.title.clear();
  return plan_json(bare);
}

}  // namespace hearth::flow
