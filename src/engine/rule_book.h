// Grammars and schemas made ready once, and kept for the requests that bring the same again, as
// clients with tools or a response format do.
//
// Making a rule may take some tenths of a second, in which nobody else's prompt should wait. So
// orders() only looks, and complete() makes what it did not find.
//
// Threads:   thread-safe, save that complete() is for one thread where orders are not whole, so
// that
//            what two requests want is made once; what is given out is shared.
// Ownership: borrows the model, which must outlive it.
// Errors:    kInvalidArgument in the words of room constraint, whose context is the part of the
//            request; kCancelled.
// Limits:    kRulesKept, kRuleBytesMax; the one used last always stays.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/mutex.h"
#include "base/result.h"
#include "chat/request.h"
#include "constraint/effort.h"
#include "constraint/rules.h"
#include "dialogue/answer_format.h"
#include "engine/call_rules.h"
#include "engine/guide.h"
#include "engine/lexicon.h"

namespace hearth::engine {

inline constexpr std::size_t kRulesKept = 16;
inline constexpr std::size_t kRuleBytesMax = 128UL * 1024 * 1024;  // of their masks together

// Everything that decides what a rule allows.
struct RuleSource {
  chat::Constraint constraint;
  dialogue::TextFrame frame;
  Calls calls;
  SaidTokens said;
};

class RuleBook {
 public:
  explicit RuleBook(const Model& model) : model_(model) {}

  struct Found {
    Orders orders;
    std::optional<RuleSource> source;  // of the rule that they need; none: the answer is free
    bool is_whole = true;              // nothing is left for complete()
  };
  // What this answer is held to, as far as that is known: quickly.
  Result<Found> orders(const chat::Request& asked, const dialogue::AnswerFormat& format,
                       const SaidTokens& said);
  // The same with what was not known. Gives up soon after the client did.
  Result<Orders> complete(Found found, const base::CancelToken& cancel);

  // Lives as long as the book. REQUIRES: orders were whole, or made so, that have a rule or a limit
  // to thinking.
  const Lexicon& lexicon() const;

 private:
  struct Entry {
    std::string key;
    Rule rule;
  };

  std::optional<Rule> find(const std::string& key);
  void keep(std::string key, const Rule& rule);
  Result<Rule> make(const RuleSource& source, const base::CancelToken& cancel) const;
  void forget_oldest() REQUIRES_LOCK(mutex_);
  Result<constraint::Rules> rules_of(const RuleSource& source, constraint::Effort& effort,
                                     std::vector<std::string>& warnings) const;
  Result<constraint::Rules> rules_of(const chat::Constraint& constraint,
                                     constraint::Effort& effort) const;
  Result<constraint::Rules> rules_of(const std::string& gbnf) const;

  const Model& model_;
  mutable base::Mutex mutex_;
  std::unique_ptr<Lexicon> lexicon_ GUARDED_BY(mutex_);  // once there, it stays
  std::list<Entry> entries_ GUARDED_BY(mutex_);          // the latest used first
};

// The control tokens that these texts are.
SaidTokens tokens_said(const Model& model, const std::vector<std::string>& texts);

}  // namespace hearth::engine
