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
// Errors:    those of make_rule; kCancelled.
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
#include "dialogue/answer_format.h"
#include "engine/answer_rules.h"
#include "engine/lexicon.h"

namespace hearth::engine {

inline constexpr std::size_t kRulesKept = 16;
inline constexpr std::size_t kRuleBytesMax = 128UL * 1024 * 1024;  // of their masks together

class RuleBook {
 public:
  explicit RuleBook(const Model& model) : model_(model) {}

  struct Found : AnswerPlan {
    bool is_whole = true;  // nothing is left for complete()
  };
  // What this answer is held to, as far as that is known: quickly.
  Found orders(const chat::Request& asked, const dialogue::AnswerFormat& format,
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

  const Model& model_;
  mutable base::Mutex mutex_;
  std::unique_ptr<Lexicon> lexicon_ GUARDED_BY(mutex_);  // once there, it stays
  std::list<Entry> entries_ GUARDED_BY(mutex_);          // the latest used first
};

// The control tokens that these texts are.
SaidTokens tokens_said(const Model& model, const std::vector<std::string>& texts);

}  // namespace hearth::engine
