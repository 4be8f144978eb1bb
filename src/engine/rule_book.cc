#include "engine/rule_book.h"

#include <algorithm>

#include "chat/request_part.h"
#include "constraint/gbnf.h"
#include "constraint/schema.h"

namespace hearth::engine {

namespace {

using Kind = chat::Constraint::Kind;

}  // namespace

SaidTokens tokens_said(const Model& model, const std::vector<std::string>& texts) {
  SaidTokens said;
  for (const std::string& text : texts) {
    const auto tokens = model.tokenize(text, SpecialText::kParsed, SpecialEnds::kNone);
    if (tokens && tokens->size() == 1 && model.piece(tokens->front()).value_or("").empty()) {
      said.emplace_back(tokens->front(), text);
    }
  }
  return said;
}

Result<Orders> RuleBook::orders(const chat::Request& asked, const dialogue::AnswerFormat& format,
                                const SaidTokens& said) {
  Orders orders;
  orders.format = format;
  orders.thinking_max = asked.thinking.tokens_max;
  const bool may_jump = !asked.logprobs && asked.overflow != chat::Overflow::kShift;
  orders.certain = may_jump ? Orders::Certain::kWritten : Orders::Certain::kChosen;
  // Who must call a tool writes no text that the constraint could bind.
  const bool must_call = !format.grammar.empty() && format.trigger == nullptr;
  const bool bound = asked.constraint.kind != Kind::kNone && !must_call;
  if (bound || !format.grammar.empty() || orders.thinking_max) HEARTH_TRY(open());
  if (!bound && format.grammar.empty()) return orders;
  orders.holds = bound       ? Orders::Holds::kAfterThinking
                 : must_call ? Orders::Holds::kFromStart
                             : Orders::Holds::kFromTrigger;
  Wanted wanted{.said = said};
  if (bound) wanted.constraint = asked.constraint;
  if (bound) wanted.frame = format.frame;
  // Beside a document calls stand in its place; their trigger is not waited for.
  wanted.calls.grammar = bound ? format.calls : format.grammar;
  wanted.calls.required = asked.tool_choice.kind != chat::ToolChoice::Kind::kAuto;
  if (!wanted.calls.grammar.empty()) wanted.calls.tools = asked.tools;
  using Part = chat::RequestPart;
  const Part part{bound ? Part::Kind::kConstraint : Part::Kind::kTools};
  orders.rule = HEARTH_TRY(chat::about(part, find(wanted)));
  return orders;
}

Result<void> RuleBook::open() {
  if (!lexicon_) lexicon_ = HEARTH_TRY(Lexicon::create(model_));
  return {};
}

// Sizes stand before texts, so that no two are alike.
std::string RuleBook::key_of(const Wanted& wanted) {
  std::string key;
  const auto add = [&key](std::string_view text) {
    key.append(std::to_string(text.size())).append(":").append(text);
  };
  add(std::to_string(static_cast<int>(wanted.constraint.kind)));
  add(wanted.constraint.text);
  add(wanted.frame.turn_begin);
  add(wanted.frame.text_begin);
  add(wanted.calls.grammar);
  for (const chat::Tool& tool : wanted.calls.tools)
    add(tool.parameters);
  for (const auto& [token, text] : wanted.said)
    add(text);
  return key;
}

Result<Rule> RuleBook::find(const Wanted& wanted) {
  std::string key = key_of(wanted);
  const auto known = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  if (known != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, known);
    return entries_.front().rule;
  }
  Rule rule = HEARTH_TRY(make(wanted));
  entries_.push_front({std::move(key), rule});
  forget_oldest();
  return rule;
}

void RuleBook::forget_oldest() {
  std::size_t kept = 0;
  std::size_t bytes = 0;
  for (Entry& entry : entries_) {
    bytes += entry.rule.masks->bytes();
    if (kept == kRulesKept || (kept > 0 && bytes > kRuleBytesMax)) break;
    ++kept;
  }
  entries_.resize(kept);
}

Result<Rule> RuleBook::make(const Wanted& wanted) const {
  const auto rules = HEARTH_TRY(rules_of(wanted));
  Rule rule;
  rule.grammar = HEARTH_TRY(constraint::Grammar::compile(rules));
  rule.vocabulary = lexicon_->vocabulary();
  rule.masks = std::make_shared<constraint::Masks>(rule.grammar, rule.vocabulary, wanted.said);
  return rule;
}

// Where there is a choice between a document and calls, the answer is either.
Result<constraint::Rules> RuleBook::rules_of(const Wanted& wanted) const {
  constraint::Rules rules;
  std::vector<constraint::Expression> answers;
  const auto add = [&](const std::string& before, constraint::Rules others) {
    const std::uint32_t root = constraint::append(rules, std::move(others));
    answers.push_back(constraint::sequence({constraint::text(before), constraint::rule(root)}));
  };
  if (wanted.constraint.kind != Kind::kNone) {
    add(wanted.frame.turn_begin + wanted.frame.text_begin, HEARTH_TRY(rules_of(wanted.constraint)));
  }
  if (!wanted.calls.grammar.empty()) {
    auto calls = HEARTH_TRY(rules_of(wanted.calls.grammar));
    HEARTH_TRY(hold_to_schemas(calls, wanted.calls));
    add(wanted.frame.turn_begin, std::move(calls));
  }
  rules.root = static_cast<std::uint32_t>(rules.rules.size());
  rules.rules.push_back({"answer", constraint::choice(std::move(answers))});
  return rules;
}

Result<constraint::Rules> RuleBook::rules_of(const chat::Constraint& constraint) const {
  if (constraint.kind == Kind::kSchema) return constraint::rules_of_schema(constraint.text);
  if (constraint.kind == Kind::kAnyObject) return constraint::rules_of_any_object();
  return rules_of(constraint.text);
}

Result<constraint::Rules> RuleBook::rules_of(const std::string& gbnf) const {
  return constraint::parse_gbnf(gbnf,
                                [this](std::string_view text) { return lexicon_->find(text); });
}

}  // namespace hearth::engine
