// Grammars and schemas made ready once, and kept for the requests that bring the same again, as
// clients with tools or a response format do.
//
// Threads:   confined to the worker that prepares prompts; what it gives out is shared.
// Ownership: borrows the model, which must outlive it.
// Errors:    kInvalidArgument in the words of room constraint; its context is the part of the
//            request.
// Limits:    kRulesKept, kRuleBytesMax; the one used last always stays.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "constraint/rules.h"
#include "dialogue/answer_format.h"
#include "engine/call_rules.h"
#include "engine/guide.h"
#include "engine/lexicon.h"

namespace hearth::engine {

inline constexpr std::size_t kRulesKept = 16;
inline constexpr std::size_t kRuleBytesMax = 128UL * 1024 * 1024;  // of their masks together

class RuleBook {
 public:
  explicit RuleBook(const Model& model) : model_(model) {}

  // What this answer is held to; no rule where it is free.
  Result<Orders> orders(const chat::Request& asked, const dialogue::AnswerFormat& format,
                        const SaidTokens& said);
  // Lives as long as the book. REQUIRES: orders() gave a rule or a limit to thinking.
  const Lexicon& lexicon() const { return *lexicon_; }

 private:
  // All that decides what a rule allows.
  struct Wanted {
    chat::Constraint constraint;
    dialogue::TextFrame frame;
    Calls calls;
    SaidTokens said;
  };
  struct Entry {
    std::string key;
    Rule rule;
  };

  Result<void> open();
  static std::string key_of(const Wanted& wanted);
  Result<Rule> find(const Wanted& wanted);
  Result<Rule> make(const Wanted& wanted) const;
  void forget_oldest();
  Result<constraint::Rules> rules_of(const Wanted& wanted) const;
  Result<constraint::Rules> rules_of(const chat::Constraint& constraint) const;
  Result<constraint::Rules> rules_of(const std::string& gbnf) const;

  const Model& model_;
  std::unique_ptr<Lexicon> lexicon_;
  std::list<Entry> entries_;  // the latest used first
};

// The control tokens that these texts are.
SaidTokens tokens_said(const Model& model, const std::vector<std::string>& texts);

}  // namespace hearth::engine
