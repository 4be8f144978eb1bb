#include "api/openai/thinking_fields.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/own_fields.h"

namespace hearth::api::openai {

namespace {

using json::Node;
using Mode = chat::Thinking::Mode;

constexpr std::int64_t kTokensMax = std::numeric_limits<std::int32_t>::max();
constexpr std::string_view kEfforts[] = {"minimal", "low", "medium", "high", "xhigh", "max"};
// What a template gets from other fields, or from the model.
constexpr std::string_view kReserved[] = {"messages",  "tools",     "add_generation_prompt",
                                          "bos_token", "eos_token", "continue_final_message"};

bool is_in(std::string_view word, const auto& list) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

Result<chat::TemplateArgument> read_argument(std::string_view name, const Node& value) {
  if (name.empty() || name.size() > kTemplateArgumentNameBytesMax) {
    return fail(value.wrong(
        fmt::format("must have a name of 1 to {} bytes", kTemplateArgumentNameBytesMax)));
  }
  if (is_in(name, kReserved)) return fail(value.wrong("is not a client's to set"));
  std::string text = value.json();
  if (text.size() > kTemplateArgumentBytesMax) {
    return fail(value.wrong(fmt::format("is longer than {} bytes", kTemplateArgumentBytesMax)));
  }
  return chat::TemplateArgument{std::string(name), std::move(text)};
}

}  // namespace

Result<void> read_effort(const Node& node, ChatCall& call) {
  const std::string_view word = HEARTH_TRY(node.text());
  if (word == "none") return set_thinking(node, call.request, Mode::kOff);
  if (!is_in(word, kEfforts)) {
    return fail(node.wrong("must be none, minimal, low, medium, high, xhigh or max"));
  }
  std::string& effort = call.request.thinking.effort;
  if (!effort.empty() && effort != word) {
    return fail(node.wrong("contradicts another field about effort; send one of them"));
  }
  effort = std::string(word);
  return {};
}

Result<void> read_thinking_budget(const Node& node, ChatCall& call) {
  const std::int64_t tokens = HEARTH_TRY(node.integer(-1, kTokensMax));
  if (tokens < 0) return {};
  auto& budget = call.request.thinking.tokens_max;
  if (budget && *budget != tokens) {
    return fail(node.wrong("contradicts another field about the budget; send one of them"));
  }
  budget = static_cast<std::uint32_t>(tokens);
  return {};
}

Result<void> read_thinking_format(const Node& node, ChatCall& /*call*/) {
  const std::string_view word = HEARTH_TRY(node.text());
  if (word == "auto" || word == "deepseek") return {};
  return fail(node.wrong("is supported as \"auto\" and \"deepseek\" only"));
}

Result<void> read_template_arguments(const Node& node, ChatCall& call) {
  const auto members = HEARTH_TRY(node.members());
  if (members.size() > chat::kTemplateArgumentsMax) {
    return fail(node.wrong(fmt::format("has {} variables; the limit is {}", members.size(),
                                       chat::kTemplateArgumentsMax)));
  }
  for (const auto& [name, value] : members) {
    if (name == "enable_thinking") {
      HEARTH_TRY(read_thinking(value, call));
    } else if (name == "reasoning_effort") {
      HEARTH_TRY(read_effort(value, call));
    } else {
      call.request.template_arguments.push_back(HEARTH_TRY(read_argument(name, value)));
    }
  }
  return {};
}

Result<void> read_thinking(const Node& node, ChatCall& call) {
  const bool wanted = HEARTH_TRY(node.boolean());
  return set_thinking(node, call.request, wanted ? Mode::kOn : Mode::kOff);
}

}  // namespace hearth::api::openai
