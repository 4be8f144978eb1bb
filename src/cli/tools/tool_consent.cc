#include "cli/tools/tool_consent.h"

#include "cli/tools/tool_call.h"

namespace hearth::cli {

namespace {

constexpr const char* kQuestion = "Run it? [y/N, a: always in this chat] ";

bool is_one_of(const std::string& answer, std::initializer_list<const char*> words) {
  for (const char* word : words) {
    if (answer == word) return true;
  }
  return false;
}

}  // namespace

// All of the call is shown: nobody agrees to what he has not seen.
Result<std::optional<tool::Outcome>> ToolConsent::refusal(const chat::ToolCall& call,
                                                          const tool::Decision& decision) {
  using Refusal = std::optional<tool::Outcome>;
  if (decision.rule == tool::Rule::kAuto) return Refusal();
  if (decision.rule == tool::Rule::kDeny) return Refusal(tool::refused(decision.reason));
  if (always_.contains(call.name)) return Refusal();
  if (!console_.input_is_terminal()) {
    return Refusal(tool::refused(decision.reason +
                                 ", and there is nobody to ask; it was not run, do without it"));
  }
  console_.notice(call.name + " " + call.arguments);
  console_.notice(decision.reason + ".");
  const std::string answer = HEARTH_TRY(ask_person(console_, interrupt_, kQuestion));
  const bool is_always = is_one_of(answer, {"a", "A", "always"});
  if (is_always) always_.insert(call.name);
  if (is_always || is_one_of(answer, {"y", "Y", "yes"})) return Refusal();
  return Refusal(tool::refused("the person did not agree; it was not run, do without it"));
}

}  // namespace hearth::cli
