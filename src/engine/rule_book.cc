#include "engine/rule_book.h"

#include <algorithm>

#include "chat/request_part.h"
#include "constraint/gbnf.h"
#include "constraint/schema.h"

namespace hearth::engine {

namespace {

using Kind = chat::Constraint::Kind;

// Sizes stand before texts, so that no two are alike.
std::string key_of(const RuleSource& source) {
  std::string key;
  const auto add = [&key](std::string_view text) {
    key.append(std::to_string(text.size())).append(":").append(text);
  };
  add(std::to_string(static_cast<int>(source.constraint.kind)));
  add(source.constraint.text);
  add(source.frame.turn_begin);
  add(source.frame.text_begin);
  add(source.calls.grammar);
  add(source.calls.required ? "required" : "free");  // what cannot be kept is refused, or is not
  for (const dialogue::CallArguments& one : source.calls.arguments)
    add(one.parameters);
  for (const auto& [token, text] : source.said)
    add(text);
  return key;
}

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

Result<RuleBook::Found> RuleBook::orders(const chat::Request& asked,
                                         const dialogue::AnswerFormat& format,
                                         const SaidTokens& said) {
  Found found;
  Orders& orders = found.orders;
  orders.format = format;
  orders.thinking_max = asked.thinking.tokens_max;
  const bool may_jump = !asked.logprobs && asked.overflow != chat::Overflow::kShift;
  orders.certain = may_jump ? Orders::Certain::kWritten : Orders::Certain::kChosen;
  // Who must call a tool writes no text that the constraint could bind.
  const bool must_call = !format.grammar.empty() && format.trigger == nullptr;
  const bool bound = asked.constraint.kind != Kind::kNone && !must_call;
  if (bound || !format.grammar.empty()) {
    orders.holds = bound       ? Orders::Holds::kAfterThinking
                   : must_call ? Orders::Holds::kFromStart
                               : Orders::Holds::kFromTrigger;
    if (!bound && !asked.parallel_tool_calls) orders.calls = Orders::Calls::kOne;
    RuleSource source{.said = said};
    if (bound) source.constraint = asked.constraint;
    if (bound) source.frame = format.frame;
    // Beside a document calls stand in its place; their trigger is not waited for.
    source.calls.grammar = bound ? format.calls.text : format.grammar;
    source.calls.arguments = bound ? format.calls.arguments : format.arguments;
    source.calls.required = asked.tool_choice.kind != chat::ToolChoice::Kind::kAuto;
    for (const chat::Tool& tool : asked.tools)
      source.calls.tools.push_back(tool.name);
    found.source = std::move(source);
    orders.rule = find(key_of(*found.source));
  }
  const base::Lock lock(mutex_);
  const bool has_words = lexicon_ != nullptr || (!found.source && !orders.thinking_max);
  found.is_whole = has_words && found.source.has_value() == orders.rule.has_value();
  return found;
}

Result<Orders> RuleBook::complete(Found found, const base::CancelToken& cancel) {
  Orders& orders = found.orders;
  if (found.is_whole) return std::move(orders);
  const bool has_lexicon = [this] {
    const base::Lock lock(mutex_);
    return lexicon_ != nullptr;
  }();
  if (!has_lexicon) {
    auto lexicon = HEARTH_TRY(Lexicon::create(model_));
    const base::Lock lock(mutex_);
    lexicon_ = std::move(lexicon);
  }
  if (!found.source || orders.rule) return std::move(orders);
  std::string key = key_of(*found.source);
  orders.rule = find(key);  // who came before may have wanted the same
  if (!orders.rule) {
    orders.rule = HEARTH_TRY(make(*found.source, cancel));
    keep(std::move(key), *orders.rule);
  }
  return std::move(orders);
}

const Lexicon& RuleBook::lexicon() const {
  const base::Lock lock(mutex_);
  return *lexicon_;
}

std::optional<Rule> RuleBook::find(const std::string& key) {
  const base::Lock lock(mutex_);
  const auto known = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  if (known == entries_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, known);
  return entries_.front().rule;
}

void RuleBook::keep(std::string key, const Rule& rule) {
  const base::Lock lock(mutex_);
  entries_.push_front({std::move(key), rule});
  forget_oldest();
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

Result<Rule> RuleBook::make(const RuleSource& source, const base::CancelToken& cancel) const {
  constraint::Effort effort(cancel);
  using Part = chat::RequestPart;
  const bool bound = source.constraint.kind != Kind::kNone;
  const Part part{bound ? Part::Kind::kConstraint : Part::Kind::kTools};
  Rule rule;
  const auto rules = HEARTH_TRY(chat::about(part, rules_of(source, effort, rule.warnings)));
  rule.grammar = HEARTH_TRY(chat::about(part, constraint::Grammar::compile(rules, effort)));
  rule.vocabulary = lexicon().vocabulary();
  rule.masks = std::make_shared<constraint::Masks>(rule.grammar, rule.vocabulary, source.said);
  return rule;
}

// Where there is a choice between a document and calls, the answer is either.
Result<constraint::Rules> RuleBook::rules_of(const RuleSource& source, constraint::Effort& effort,
                                             std::vector<std::string>& warnings) const {
  constraint::Rules rules;
  std::vector<constraint::Expression> answers;
  const auto add = [&](const std::string& before, constraint::Rules others) {
    const std::uint32_t root = constraint::append(rules, std::move(others));
    answers.push_back(constraint::sequence({constraint::text(before), constraint::rule(root)}));
  };
  if (source.constraint.kind != Kind::kNone) {
    add(source.frame.turn_begin + source.frame.text_begin,
        HEARTH_TRY(rules_of(source.constraint, effort)));
  }
  if (!source.calls.grammar.empty()) {
    auto calls = HEARTH_TRY(rules_of(source.calls.grammar));
    warnings = HEARTH_TRY(hold_to_schemas(calls, source.calls, effort));
    add(source.frame.turn_begin, std::move(calls));
  }
  rules.root = static_cast<std::uint32_t>(rules.rules.size());
  rules.rules.push_back({"answer", constraint::choice(std::move(answers))});
  return rules;
}

Result<constraint::Rules> RuleBook::rules_of(const chat::Constraint& constraint,
                                             constraint::Effort& effort) const {
  if (constraint.kind == Kind::kSchema) {
    return constraint::rules_of_schema(constraint.text, effort);
  }
  if (constraint.kind == Kind::kAnyObject) return constraint::rules_of_any_object();
  return rules_of(constraint.text);
}

Result<constraint::Rules> RuleBook::rules_of(const std::string& gbnf) const {
  return constraint::parse_gbnf(gbnf,
                                [this](std::string_view text) { return lexicon().find(text); });
}

}  // namespace hearth::engine
