#include "agent/offer.h"

#include <algorithm>

namespace hearth::agent {

namespace {

constexpr std::string_view kNoArguments = "{}";

bool is_there_twice(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::count(names, name) > 1;
}

// What check() says of a call of it, which knows what else may be meant.
std::string unknown(const tool::Toolbox& toolbox, const std::string& name) {
  std::string words = toolbox.check(name, kNoArguments).front();
  if (toolbox.workspace().empty()) words += "; without a workspace no tool touches files";
  return words;
}

}  // namespace

Result<std::vector<tool::Spec>> offered(const tool::Toolbox& toolbox, const tool::Policy& policy,
                                        const std::vector<std::string>& names) {
  std::vector<tool::Spec> specs;
  std::string problems;
  const auto complain = [&](const std::string& words) {
    problems += (problems.empty() ? "" : "; ") + words;
  };
  for (const std::string& name : names) {
    const tool::Spec* spec = toolbox.find_spec(name);
    if (spec == nullptr) {
      complain(unknown(toolbox, name));
    } else if (is_there_twice(names, name)) {
      complain("'" + name + "' is there twice");
    } else {
      specs.push_back(*spec);
    }
  }
  if (!problems.empty()) return fail(Code::kInvalidArgument, problems);
  if (!names.empty()) return specs;
  for (const tool::Spec& spec : toolbox.specs()) {
    if (tool::decide(policy, spec, "").rule != tool::Rule::kDeny) specs.push_back(spec);
  }
  if (!specs.empty()) return specs;
  return fail(Code::kInvalidArgument,
              "no tool is set up; `hearth tools list` and docs/tools.md tell of them");
}

std::vector<chat::Tool> chat_tools(const std::vector<tool::Spec>& specs) {
  std::vector<chat::Tool> tools;
  for (const tool::Spec& spec : specs)
    tools.push_back({spec.name, spec.description, spec.parameters});
  return tools;
}

}  // namespace hearth::agent
