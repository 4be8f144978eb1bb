#include "engine/rule_book.h"

#include <algorithm>

namespace hearth::engine {

namespace {

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
  add(source.calls.grammar.text);
  add(source.calls.required ? "required" : "");
  for (const dialogue::CallArguments& one : source.calls.grammar.arguments)
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

RuleBook::Found RuleBook::orders(const chat::Request& asked, const dialogue::AnswerFormat& format,
                                 const SaidTokens& said) {
  Found found{plan_answer(asked, format, said)};
  if (found.source) found.orders.rule = find(key_of(*found.source));
  const base::Lock lock(mutex_);
  const bool has_words = lexicon_ != nullptr || (!found.source && !found.orders.thinking_max);
  found.is_whole = has_words && found.source.has_value() == found.orders.rule.has_value();
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
  const RuleWords words{lexicon().vocabulary(),
                        [this](std::string_view text) { return lexicon().find(text); }};
  return make_rule(source, words, effort);
}

}  // namespace hearth::engine
