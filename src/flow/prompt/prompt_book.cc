#include "flow/prompt/prompt_book.h"

#include <algorithm>
#include <cctype>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "flow/plan/gate.h"
#include "flow/plan/reference.h"
#include "flow/run/next.h"
#include "flow/shortened.h"
#include "json/parse.h"
#include "json/value_text.h"
#include "json/writer.h"

namespace hearth::flow {

namespace {

namespace bj = boost::json;

constexpr std::size_t kSummaryBytes = 200;

// As people write JSON, with blanks behind commas and colons: models have seen more of that.
void write_spaced(const bj::value& value, std::string& out) {
  if (const bj::object* object = value.if_object()) {
    out += '{';
    for (const auto& member : *object) {
      if (out.back() != '{') out += ", ";
      json::append_quoted(out, std::string_view(member.key().data(), member.key().size()));
      out += ": ";
      write_spaced(member.value(), out);
    }
    out += '}';
  } else if (const bj::array* array = value.if_array()) {
    out += '[';
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0) out += ", ";
      write_spaced((*array)[i], out);
    }
    out += ']';
  } else if (const bj::string* text = value.if_string()) {
    json::append_quoted(out, std::string_view(text->data(), text->size()));
  } else {
    out += json::value_text(value);
  }
}

std::string spaced(const Plan& plan) {
  const std::string compact = plan_json(plan);
  const auto value = json::parse(compact);
  if (!value) return compact;
  std::string out;
  write_spaced(*value, out);
  return out;
}

std::string argument_names(const std::string& parameters) {
  const auto value = json::parse(parameters);
  const bj::object* schema = value ? value->if_object() : nullptr;
  const bj::value* properties = schema == nullptr ? nullptr : schema->if_contains("properties");
  std::string names;
  if (properties == nullptr || !properties->is_object()) return names;
  for (const auto& member : properties->get_object()) {
    if (!names.empty()) names += ", ";
    names += std::string_view(member.key().data(), member.key().size());
  }
  return names;
}

std::string task_and_tools(const State& state, const Tools& tools) {
  return fmt::format("Task: {}\nTools:\n{}", state.start.task, tool_list(tools.facts()));
}

// Of one that did not fit, a quarter each time.
std::size_t fitting(const State& state, std::size_t bytes) {
  return bytes >> (2 * std::min(state.overflows_in_row, kSqueezesMost));
}

std::string done_so_far(const State& state) {
  std::string done;
  if (state.overflows_in_row >= kSqueezesMost) return done;
  for (const Step& step : state.plan->steps) {
    const std::string* result = state.result(step.id);
    if (result == nullptr) continue;
    done += fmt::format("- {} {}: {}\n", step.id, step.title,
                        shortened(*result, fitting(state, kSummaryBytes)));
  }
  return done;
}

std::string what_was_wrong(const State& state) {
  if (state.problems.empty()) return "";
  std::string words;
  if (state.plan) {
    words += fmt::format("\nThe last plan:\n{}", spaced(*state.plan));
    if (const std::string done = done_so_far(state); !done.empty())
      words += fmt::format("\nDone so far:\n{}", done);
  }
  words += "\nWhat was wrong:";
  for (const std::string& problem : state.problems)
    words += "\n- " + problem;
  return words;
}

Prompt planner_prompt(const State& state, const Tools& tools, const PromptBook& book) {
  Prompt prompt;
  prompt.user = task_and_tools(state, tools);
  if (book.has_planner_who_listens) prompt.user += what_was_wrong(state);
  std::vector<std::string> names;
  for (const ToolFacts& tool : tools.facts())
    names.push_back(tool.name);
  prompt.schema = plan_schema(names, std::min<std::size_t>(state.start.budget.steps, kStepsMost));
  return prompt;
}

Prompt critic_prompt(const State& state, const Tools& tools) {
  return {.system = {},
          .user = fmt::format("{}\nPlan:\n{}", task_and_tools(state, tools), spaced(*state.plan)),
          .schema = critique_schema()};
}

// Whether the instruction says nothing that the title has not said: "Sort the lines" and
// "Sort the lines, from ${s1.output}."
bool adds_nothing(const Step& step) {
  const std::string& text = step.instruction;
  const auto same = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  return text.size() >= step.title.size() &&
         std::equal(step.title.begin(), step.title.end(), text.begin(), same);
}

std::string named_inputs(std::string text) {
  const auto found = references(text);
  if (!found) return text;
  for (const Reference& reference : *found) {
    std::string mark = "${" + reference.step + ".output";
    for (const std::string& part : reference.path)
      mark += "." + part;
    mark += "}";
    const std::size_t at = text.find(mark);
    if (at != std::string::npos) text.replace(at, mark.size(), "input " + reference.step);
  }
  return text;
}

std::string inputs_of(const State& state, const std::vector<std::string>& steps) {
  std::string inputs;
  const std::size_t most = fitting(state, kInputBytesMost) / std::max<std::size_t>(steps.size(), 1);
  for (const std::string& id : steps) {
    const std::string* result = state.result(id);
    if (result == nullptr) continue;
    const std::string name = steps.size() == 1 ? "Input" : "Input " + id;
    inputs += fmt::format("\n{}:\n{}", name, shortened(*result, most));
  }
  return inputs;
}

Prompt step_prompt(const State& state, const Step& step) {
  Prompt prompt;
  prompt.user = fmt::format("Goal: {}\nStep {}: {}", state.start.task, step.id, step.title);
  if (!adds_nothing(step)) prompt.user += "\n" + named_inputs(step.instruction);
  prompt.user += inputs_of(state, needs_of(step));
  const StepRecord* record = state.find_record(step.id);
  if (record != nullptr && !record->problem.empty()) {
    prompt.user += "\nThe last attempt was wrong: " + record->problem;
  }
  if (!step.output_schema.empty()) prompt.schema = step.output_schema;
  if (prompt.schema.empty() && step.output == Step::Output::kJson) prompt.schema = "{}";
  return prompt;
}

Prompt judge_prompt(const State& state, const std::string& id) {
  Prompt prompt;
  prompt.schema = critique_schema();
  const Step* step = state.plan->find_step(id);
  if (step == nullptr) {
    const RunEnded end = ending(state, RunEnded::How::kCompleted, "");
    prompt.user = fmt::format("Task: {}\nTarget: result\nResult:\n{}", state.start.task,
                              shortened(end.answer, fitting(state, kInputBytesMost)));
    return prompt;
  }
  prompt.user = fmt::format("Task: {}\nTarget: {}\nStep {}: {}\n{}", state.start.task, id, id,
                            step->title, named_inputs(step->instruction));
  for (const Check& check : step->checks)
    if (check.kind == Check::Kind::kCritic) prompt.user += "\nLook at: " + check.value;
  prompt.user +=
      "\nResult:\n" + shortened(state.find_record(id)->output, fitting(state, kInputBytesMost));
  return prompt;
}

Prompt answer_prompt(const State& state) {
  return {.system = {},
          .user = fmt::format("Goal: {}\nStep: Write the answer{}", state.start.task,
                              inputs_of(state, state.plan->final_from)),
          .schema = {}};
}

Prompt bare_prompt(const State& state, const Tools& tools, const PromptBook& book) {
  const CallIntended& intent = state.model_call->intent;
  switch (intent.purpose) {
    case Purpose::kPlan:
      return planner_prompt(state, tools, book);
    case Purpose::kCritique:
      return critic_prompt(state, tools);
    case Purpose::kStep:
      return step_prompt(state, *state.plan->find_step(intent.step));
    case Purpose::kJudgeStep:
      return judge_prompt(state, intent.step);
    case Purpose::kAnswer:
      return answer_prompt(state);
    case Purpose::kDirect:
      break;
  }
  return {.system = {}, .user = state.start.task, .schema = {}};
}

}  // namespace

std::string tool_list(const std::vector<ToolFacts>& tools) {
  std::string list;
  for (const ToolFacts& tool : tools) {
    if (!list.empty()) list += '\n';
    list +=
        fmt::format("- {}({}): {}", tool.name, argument_names(tool.parameters), tool.description);
  }
  return list;
}

Prompt prompt_of(const State& state, const Tools& tools, const PromptBook& book) {
  Prompt prompt = bare_prompt(state, tools, book);
  if (state.model_call->intent.purpose == Purpose::kDirect) return prompt;
  switch (role_of(state.model_call->intent.purpose)) {
    case Role::kPlanner:
      prompt.system = book.planner;
      break;
    case Role::kCritic:
      prompt.system = book.critic;
      break;
    case Role::kExecutor:
      prompt.system = book.executor;
      break;
  }
  return prompt;
}

}  // namespace hearth::flow
