#include "engine/answer_rules.h"

#include <utility>
#include <vector>

#include "chat/request_part.h"
#include "constraint/schema.h"

namespace hearth::engine {

namespace {

using Kind = chat::Constraint::Kind;
using ChoiceKind = chat::ToolChoice::Kind;

// A grammar is of what is generated, as other servers have it; a document is a whole.
bool is_document(const chat::Constraint& constraint) {
  return constraint.kind == Kind::kSchema || constraint.kind == Kind::kAnyObject;
}

bool is_bound(const RuleSource& source) {
  return source.constraint.kind != Kind::kNone;
}

Result<constraint::Rules> rules_of(const chat::Constraint& constraint, const RuleWords& words,
                                   constraint::Effort& effort) {
  if (constraint.kind == Kind::kSchema) {
    return constraint::rules_of_schema(constraint.text, effort);
  }
  if (constraint.kind == Kind::kAnyObject) return constraint::rules_of_any_object();
  return constraint::parse_gbnf(constraint.text, words.find_token);
}

struct FoundRules {
  constraint::Rules rules;
  std::optional<std::uint32_t> text;  // the root of the text alone, where there are calls beside it
  std::vector<std::string> warnings;
};

// Where there is a choice between a document and calls, the answer is either.
Result<FoundRules> rules_of(const RuleSource& source, const RuleWords& words,
                            constraint::Effort& effort) {
  FoundRules found;
  constraint::Rules& rules = found.rules;
  std::vector<constraint::Expression> answers;
  bool framed = false;
  const auto add = [&](const std::string& before, constraint::Rules others) {
    const std::uint32_t root = constraint::append(rules, std::move(others));
    rules.root = root;
    framed = framed || !before.empty();
    answers.push_back(constraint::sequence({constraint::text(before), constraint::rule(root)}));
  };
  if (is_bound(source)) {
    auto document = HEARTH_TRY(rules_of(source.constraint, words, effort));
    add(source.frame.turn_begin + source.frame.text_begin, std::move(document));
  }
  if (!source.calls.grammar.text.empty()) {
    if (is_bound(source)) {
      found.text = static_cast<std::uint32_t>(rules.rules.size());
      rules.rules.push_back({"text", answers.front()});
    }
    auto calls = HEARTH_TRY(constraint::parse_gbnf(source.calls.grammar.text, words.find_token));
    found.warnings = HEARTH_TRY(hold_to_schemas(calls, source.calls, effort));
    add(source.frame.turn_begin, std::move(calls));
  }
  // Alone it keeps the name that its author gave it, which errors tell.
  if (answers.size() == 1 && !framed) return found;
  rules.root = static_cast<std::uint32_t>(rules.rules.size());
  rules.rules.push_back({"answer", constraint::choice(std::move(answers))});
  return found;
}

}  // namespace

bool must_call(const chat::Request& asked, const dialogue::AnswerFormat& format) {
  return asked.tool_choice.kind != ChoiceKind::kAuto && !format.calls.text.empty();
}

AnswerPlan plan_answer(const chat::Request& asked, const dialogue::AnswerFormat& format,
                       const SaidTokens& said) {
  AnswerPlan plan;
  Orders& orders = plan.orders;
  orders.format = format;
  orders.thinking_max = asked.thinking.tokens_max;
  const bool may_jump = !asked.logprobs && asked.overflow != chat::Overflow::kShift;
  orders.certain = may_jump ? Orders::Certain::kWritten : Orders::Certain::kChosen;
  // Who must call a tool writes no text that the constraint could bind.
  const bool calls_only = must_call(asked, format);
  const bool bound = asked.constraint.kind != Kind::kNone && !calls_only;
  if (!bound && !calls_only && format.grammar.text.empty()) return plan;
  orders.holds = bound || calls_only ? Orders::Holds::kAfterThinking : Orders::Holds::kFromTrigger;
  // What was switched off is not begun in place of what is held to form.
  const bool off = asked.thinking.mode == chat::Thinking::Mode::kOff;
  if (off && (bound || calls_only) && !format.thinking_begun) orders.format.thinking_begin.clear();
  if (!asked.parallel_tool_calls || format.one_call) orders.calls = Orders::Calls::kOne;
  RuleSource source{.said = said};
  if (bound) source.constraint = asked.constraint;
  if (bound || calls_only) source.frame = format.frame;
  const bool text_begun = asked.continue_last && !asked.messages.back().content.empty();
  if (bound && text_begun && is_document(asked.constraint))
    orders.begun = asked.messages.back().content;
  // Beside a constraint calls stand in the place of the text, unless that was begun; their trigger
  // is not waited for.
  if (!bound || !text_begun)
    source.calls.grammar = bound || calls_only ? format.calls : format.grammar;
  source.calls.required = asked.tool_choice.kind != ChoiceKind::kAuto;
  for (const chat::Tool& tool : asked.tools)
    source.calls.tools.push_back(tool.name);
  plan.source = std::move(source);
  return plan;
}

Result<Rule> make_rule(const RuleSource& source, const RuleWords& words,
                       constraint::Effort& effort) {
  using Part = chat::RequestPart;
  const Part part{is_bound(source) ? Part::Kind::kConstraint : Part::Kind::kTools};
  Rule rule;
  auto found = HEARTH_TRY(chat::about(part, rules_of(source, words, effort)));
  rule.grammar = HEARTH_TRY(chat::about(part, constraint::Grammar::compile(found.rules, effort)));
  rule.warnings = std::move(found.warnings);
  rule.vocabulary = words.vocabulary;
  rule.masks = std::make_shared<constraint::Masks>(rule.grammar, rule.vocabulary, source.said);
  if (!is_bound(source)) return rule;
  rule.text = rule.grammar;
  if (!found.text) return rule;
  found.rules.root = *found.text;
  rule.text = HEARTH_TRY(chat::about(part, constraint::Grammar::compile(found.rules, effort)));
  return rule;
}

}  // namespace hearth::engine
