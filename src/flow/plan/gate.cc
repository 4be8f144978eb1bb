#include "flow/plan/gate.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "flow/plan/reference.h"
#include "flow/step/check.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::flow {

namespace {

constexpr std::size_t kWordsMost = 300;
constexpr std::size_t kProblemsMost = 20;  // a planner mends no more of them at once

bool is_step_id(std::string_view id) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return (id.size() == 2 || id.size() == 3) && id[0] == 's' && id[1] != '0' &&
         std::all_of(id.begin() + 1, id.end(), digit);
}

class Gate {
 public:
  Gate(const Plan& plan, const GateTerms& terms)
      : plan_(plan), terms_(terms), tools_(terms.tools.facts()) {}

  std::vector<std::string> look() {
    check_size();
    for (const Step& step : plan_.steps)
      check_step(step);
    check_order();
    for (const std::string& id : plan_.final_from)
      if (plan_.find_step(id) == nullptr) note("final", fmt::format("there is no step {}", id));
    return std::move(problems_);
  }

 private:
  void note(std::string_view where, std::string_view what) {
    if (problems_.size() == kProblemsMost) return;
    std::string words = fmt::format("{}: {}", where, what);
    // A model may have written anything into a name.
    if (words.size() > kWordsMost) words = base::repair_utf8(words.substr(0, kWordsMost)) + " …";
    problems_.push_back(std::move(words));
  }

  void check_size() {
    if (plan_.steps.size() > terms_.steps_max) {
      note("plan", fmt::format("{} steps are more than the {} that are allowed", plan_.steps.size(),
                               terms_.steps_max));
    }
    std::uint32_t model = 0, tool = 0;
    for (const Step& step : plan_.steps) {
      model += step.kind == Step::Kind::kModel ? 1 : 0;
      tool += step.kind == Step::Kind::kTool ? 1 : 0;
    }
    if (model > terms_.model_calls_left) {
      note("plan", fmt::format("{} steps for a model; the budget has {} calls left", model,
                               terms_.model_calls_left));
    }
    if (tool > terms_.tool_calls_left) {
      note("plan", fmt::format("{} steps with tools; the budget has {} calls left", tool,
                               terms_.tool_calls_left));
    }
  }

  void check_step(const Step& step) {
    if (!is_step_id(step.id)) note(step.id, "is no id of a step; they are s1, s2 and so on");
    if (!ids_.insert(step.id).second) note(step.id, "there is another step of this id");
    if (step.instruction.empty()) note(step.id, "the instruction is empty");
    if (step.kind == Step::Kind::kTool) {
      check_call(step);
    } else if (!step.tool.empty()) {
      note(step.id, fmt::format("names the tool {}, but is no tool step", step.tool));
    }
    for (const auto* text : {&step.instruction, &step.args}) {
      const auto found = references(*text);
      if (!found) note(step.id, found.error().message);
    }
    for (const Check& check : step.checks) {
      const std::string problem = problem_of_check(check, step);
      if (!problem.empty()) note(step.id, problem);
    }
  }

  void check_call(const Step& step) {
    if (step.tool.empty()) return note(step.id, "is a tool step without a tool");
    if (find_tool(tools_, step.tool) == nullptr) return note(step.id, unknown_tool(step.tool));
    const ToolCall call{step.tool, step.args};
    const std::vector<ArgProblem> problems = terms_.tools.check(call);
    for (const ArgProblem& problem : problems) {
      if (problems_.size() == kProblemsMost) return;
      if (!is_bound_later(step.args, problem.pointer)) {
        note(step.id, fmt::format("{}: {}", step.tool, problem.words));
      }
    }
    if (!problems.empty()) return;
    const Permission permission = terms_.tools.permission(call);
    if (permission.rule == Permission::Rule::kDeny) {
      note(step.id, fmt::format("{} is not allowed: {}", step.tool, permission.reason));
    }
  }

  std::string unknown_tool(const std::string& name) const {
    std::vector<std::string_view> names;
    for (const ToolFacts& tool : tools_)
      names.push_back(tool.name);
    const std::string_view near = base::nearest(name, names);
    if (near.empty()) return fmt::format("there is no tool {}", name);
    return fmt::format("there is no tool {}; did you mean {}?", name, near);
  }

  // Whether a result is put there before the call, so that nobody can know yet what it is.
  static bool is_bound_later(const std::string& args, std::string_view pointer) {
    const auto value = json::parse(args);
    if (!value) return false;
    boost::system::error_code none;
    const boost::json::value* at = value->find_pointer(pointer, none);
    const boost::json::string* text = at == nullptr ? nullptr : at->if_string();
    if (text == nullptr) return false;
    const auto found = references(std::string_view(text->data(), text->size()));
    return found && !found->empty();
  }

  // Takes away what needs nothing that is left, until nothing can be taken.
  void check_order() {
    for (const Step& step : plan_.steps) {
      for (const std::string& need : needs_of(step)) {
        if (need == step.id) {
          note(step.id, "needs its own result");
        } else if (plan_.find_step(need) == nullptr) {
          note(step.id, fmt::format("needs step {}, which does not exist", need));
        }
      }
    }
    std::set<std::string> done;
    for (bool moved = true; moved;) {
      moved = false;
      for (const Step& step : plan_.steps) {
        if (done.contains(step.id)) continue;
        const std::vector<std::string> needs = needs_of(step);
        const bool ready = std::all_of(needs.begin(), needs.end(), [&](const std::string& need) {
          return done.contains(need) || plan_.find_step(need) == nullptr || need == step.id;
        });
        moved = (ready && done.insert(step.id).second) || moved;
      }
    }
    for (const Step& step : plan_.steps)
      if (!done.contains(step.id)) note(step.id, "waits for a step that waits for it");
  }

  const Plan& plan_;
  const GateTerms& terms_;
  const std::vector<ToolFacts> tools_;
  std::set<std::string> ids_;
  std::vector<std::string> problems_;
};

}  // namespace

const ToolFacts* find_tool(const std::vector<ToolFacts>& tools, std::string_view name) {
  const auto found = std::find_if(tools.begin(), tools.end(),
                                  [&](const ToolFacts& tool) { return tool.name == name; });
  return found == tools.end() ? nullptr : &*found;
}

std::vector<std::string> needs_of(const Step& step) {
  std::vector<std::string> needs = step.depends_on;
  for (const std::string* text : {&step.instruction, &step.args}) {
    const auto found = references(*text);
    if (!found) continue;
    for (const Reference& reference : *found)
      needs.push_back(reference.step);
  }
  std::sort(needs.begin(), needs.end());
  needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
  return needs;
}

std::vector<std::string> check_plan(const Plan& plan, const GateTerms& terms) {
  return Gate(plan, terms).look();
}

}  // namespace hearth::flow
