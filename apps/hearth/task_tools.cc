#include "task_tools.h"

#include <utility>

#include <fmt/format.h>

#include "cli/tools/tool_setup.h"
#include "config/runners.h"
#include "tool/builtin/builtin.h"
#include "tool/policy.h"
#include "tool/toolbox.h"

namespace hearth {

namespace {

// A run asks people by itself.
constexpr const char* kAskUser = "ask_user";

flow::Effect effect_of(tool::Effect effect) {
  switch (effect) {
    case tool::Effect::kPure:
      return flow::Effect::kPure;
    case tool::Effect::kIdempotent:
      return flow::Effect::kIdempotent;
    case tool::Effect::kIrreversible:
      return flow::Effect::kIrreversible;
  }
  return flow::Effect::kIrreversible;
}

flow::Permission::Rule rule_of(tool::Rule rule) {
  switch (rule) {
    case tool::Rule::kAuto:
      return flow::Permission::Rule::kAuto;
    case tool::Rule::kAsk:
      return flow::Permission::Rule::kAsk;
    case tool::Rule::kDeny:
      return flow::Permission::Rule::kDeny;
  }
  return flow::Permission::Rule::kDeny;
}

tool::Rule mode_of(flow::Approve approve) {
  switch (approve) {
    case flow::Approve::kAuto:
      return tool::Rule::kAuto;
    case flow::Approve::kAsk:
      return tool::Rule::kAsk;
    case flow::Approve::kDeny:
      return tool::Rule::kDeny;
  }
  return tool::Rule::kDeny;
}

flow::ToolOutcome::Status status_of(tool::Status status) {
  switch (status) {
    case tool::Status::kOk:
      return flow::ToolOutcome::Status::kOk;
    case tool::Status::kFailed:
      return flow::ToolOutcome::Status::kFailed;
    case tool::Status::kTimedOut:
      return flow::ToolOutcome::Status::kTimedOut;
    case tool::Status::kCancelled:
      return flow::ToolOutcome::Status::kCancelled;
    case tool::Status::kRefused:
      return flow::ToolOutcome::Status::kRefused;
  }
  return flow::ToolOutcome::Status::kFailed;
}

class TaskTools final : public flow::Tools {
 public:
  TaskTools(std::unique_ptr<tool::Toolbox> toolbox, tool::Policy policy)
      : toolbox_(std::move(toolbox)), policy_(std::move(policy)) {
    for (const tool::Spec& spec : toolbox_->specs())
      facts_.push_back({spec.name, spec.description, spec.parameters, effect_of(spec.effect)});
  }

  std::vector<flow::ToolFacts> facts() const override { return facts_; }

  std::string rules() const override {
    std::string words;
    const tool::Policy& policy = policy_;
    for (const tool::Rule rule :
         {policy.mode, policy.pure, policy.idempotent, policy.irreversible, policy.network})
      words += fmt::format("{} ", tool::rule_name(rule));
    for (const tool::ToolRule& one : policy.tools)
      words += fmt::format("{}={} ", one.tool, tool::rule_name(one.rule));
    for (const tool::PathRule& one : policy.paths)
      words += fmt::format("{}={} ", one.pattern, tool::rule_name(one.rule));
    return words;
  }

  std::vector<flow::ArgProblem> check(const flow::ToolCall& call) const override {
    std::vector<flow::ArgProblem> problems;
    for (const std::string& words : toolbox_->check(call.name, call.args)) {
      const bool has_place = words.starts_with('/');
      problems.push_back({has_place ? words.substr(0, words.find(' ')) : "", words});
    }
    return problems;
  }

  flow::Permission permission(const flow::ToolCall& call) const override {
    const tool::Decision decision = toolbox_->decide(policy_, call.name, call.args);
    return {rule_of(decision.rule), decision.reason};
  }

  flow::ToolOutcome run(const flow::ToolCall& call, const base::CancelToken& cancel) override {
    const tool::Outcome outcome = toolbox_->run({call.name, call.args, call.key}, cancel);
    flow::ToolOutcome told;
    told.status = status_of(outcome.status);
    told.output = outcome.output;
    if (!outcome.error.empty()) {
      told.output = outcome.error + (outcome.output.empty() ? "" : "\n" + outcome.output);
    }
    told.exit_code = outcome.exit_code.value_or(0);
    told.is_retryable = outcome.retryable;
    return told;
  }

  bool has_file(std::string_view path) const override { return toolbox_->has_path(path); }

 private:
  const std::unique_ptr<tool::Toolbox> toolbox_;
  const tool::Policy policy_;
  std::vector<flow::ToolFacts> facts_;
};

}  // namespace

Result<std::unique_ptr<flow::Tools>> make_task_tools(const config::Home& home,
                                                     const config::Settings& settings,
                                                     const TaskPlace& place) {
  tool::Policy policy = HEARTH_TRY(cli::tool_policy(settings));
  policy.mode = mode_of(place.approve);
  tool::BuiltinOptions options = cli::tool_options(home, settings, config::own_executable());
  if (!place.workspace.empty()) options.workspace = place.workspace;
  options.left_out.push_back(kAskUser);
  auto toolbox = HEARTH_TRY(tool::make_toolbox(options));
  return std::unique_ptr<flow::Tools>(
      std::make_unique<TaskTools>(std::move(toolbox), std::move(policy)));
}

}  // namespace hearth
