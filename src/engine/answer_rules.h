// What an answer is held to, by what was asked and how its model writes: from where on, and the
// rules of it, ready to be followed.
//
// Threads: pure.
// Errors:  kInvalidArgument in the words of room constraint, whose context is the part of the
//          request; those of Effort.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "chat/request.h"
#include "constraint/effort.h"
#include "constraint/gbnf.h"
#include "constraint/rules.h"
#include "dialogue/answer_format.h"
#include "engine/call_rules.h"
#include "engine/guide.h"
#include "engine/lexicon.h"

namespace hearth::engine {

// Everything that decides what a rule allows.
struct RuleSource {
  chat::Constraint constraint;
  dialogue::TextFrame frame;
  Calls calls;
  SaidTokens said;
};

struct AnswerPlan {
  Orders orders;                     // all but their rule
  std::optional<RuleSource> source;  // of that rule; none: the answer is free
};

// The answer is calls and nothing else, whatever else was asked.
bool must_call(const chat::Request& asked, const dialogue::AnswerFormat& format);

AnswerPlan plan_answer(const chat::Request& asked, const dialogue::AnswerFormat& format,
                       const SaidTokens& said);

// Between grammars and the tokens of a model.
struct RuleWords {
  std::shared_ptr<const constraint::Vocabulary> vocabulary;
  constraint::FindToken find_token;
};

Result<Rule> make_rule(const RuleSource& source, const RuleWords& words,
                       constraint::Effort& effort);

}  // namespace hearth::engine
