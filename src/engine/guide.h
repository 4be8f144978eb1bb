// What one answer may say next, and what it must: the text it was asked to be, the form that calls
// of tools need, an end for thinking that takes too long, and an end for a document before its
// tokens run out. Text that is certain costs no choice: its tokens come together with the one
// before them, and are computed in one step.
//
// Threads:    confined to one thread at a time.
// Invariants: where it holds, the text so far is the beginning of a valid one, and can be ended
//             within the tokens that are left, if that was ever possible. Nothing comes to an
//             answer beyond the tokens that were left for it.
// Errors:     kInvalidArgument where a grammar can be read in too many ways.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "constraint/masks.h"
#include "dialogue/answer_format.h"
#include "engine/addition.h"
#include "engine/candidates.h"
#include "engine/end_spelling.h"
#include "engine/token.h"

namespace hearth::engine {

// Between tokens and text, as the model spells them.
struct Spelling {
  std::function<std::string(Token)> text;
  // Tokens whose texts make up exactly this one; none when there are none such.
  std::function<std::vector<Token>(std::string_view)> tokens;
};

// A grammar and its masks for one model.
struct Rule {
  std::shared_ptr<const constraint::Grammar> grammar;
  // Of what it lets through, that which is text and no calls; null when nothing is.
  std::shared_ptr<const constraint::Grammar> text;
  std::shared_ptr<constraint::Masks> masks;
  std::shared_ptr<const constraint::Vocabulary> vocabulary;
  std::vector<std::string> warnings = {};  // what of its source it does not keep
};

// What an answer is held to.
struct Orders {
  enum class Holds : bool { kAfterThinking, kFromTrigger };
  std::optional<Rule> rule;
  Holds holds = Holds::kAfterThinking;
  dialogue::AnswerFormat format;  // the marks around thinking, the trigger, the frame
  // Text of the answer that the prompt ends with: the rule's beginning, where the rule knows it as
  // one; otherwise the rule begins behind it.
  std::string begun;
  std::optional<std::uint32_t> thinking_max;
  // Text that is certain is written at once. Otherwise every token is chosen, so that each has its
  // logits.
  enum class Certain : bool { kChosen, kWritten } certain = Certain::kWritten;
  // With one call an answer that is no text is over where the rule first lets it end: some
  // families' rules let others follow whatever was asked. With none, all that is not thinking is
  // text, whatever it looks like.
  enum class Calls : std::uint8_t { kNone, kOne, kSeveral } calls = Calls::kSeveral;
  // The end of the text that the prompt ends with: a call may have begun in it.
  std::string before;
  bool begun_freely = false;  // by the prompt, with what may be a call that the rule does not know
  std::vector<std::string> warnings = {};  // how the answer is held, that a client may not expect
};

// Of an answer that is looked at to see whether it is text.
inline constexpr std::size_t kTextBytesLookedAt = 256;

class Guide {
 public:
  // `tokens_left` is what the whole answer may have.
  static Result<std::unique_ptr<Guide>> create(Orders orders, Spelling spelling,
                                               std::uint32_t tokens_left);

  // What the answer begins with before anything is chosen; often nothing. Comes first, once.
  Result<std::vector<Token>> begin(std::uint32_t tokens_left);

  // The tokens that may come next; empty: all. Valid until the next call.
  Result<Allowed> allowed();

  // What comes to the answer when this token was chosen: usually it and what must follow it; or,
  // when with it there would not be room to end, in its place what ends the document.
  // REQUIRES: allowed, and no token that ends an answer; a token left.
  Result<std::vector<Token>> take(Token chosen, std::uint32_t tokens_left);

  bool ended() const { return ended_; }  // nothing may follow
  // What may be said is bound, or will be when the thinking has ended.
  bool holds() const { return matcher_.has_value() || waits(); }
  // For want of tokens, and not with what the model had begun to say: what stands at the end may be
  // none of its own.
  bool closed_early() const { return closed_early_; }
  // The text so far ends in the middle of thinking.
  bool thinks() const { return thought_ == Thought::kIn; }
  // What it is that an answer which ends now has and its reader has no place for.
  dialogue::Rest rest() const;
  // A call began in a way that the rule does not know, or may have: nothing is certain of it.
  bool calls_freely() const { return calls_freely_; }

 private:
  enum class Thought : std::uint8_t { kNone, kIn, kDone };

  Guide(Orders orders, Spelling spelling)
      : orders_(std::move(orders)), spell_(std::move(spelling)) {}

  // Both thinking and what the rule wants may still come of what was said.
  bool may_open() const { return opened_ < opening_.size(); }
  // The rule holds as soon as thinking has ended.
  bool waits() const {
    return orders_.rule && !matcher_ && orders_.holds != Orders::Holds::kFromTrigger;
  }
  void plan_thinking();
  Result<void> forget_begun_unless_known();
  bool thinks_too_long() const;
  std::vector<Token> rest_of_thinking_end() const;
  void forbid_to_end();
  Result<void> take_bound(Token chosen);
  Result<void> take_free(Token chosen);
  Result<void> think_no_more();
  Result<bool> goes_on_after_thinking(std::string_view text) const;
  Result<std::optional<constraint::Matcher>> begun(std::string_view text) const;
  Result<bool> goes_on_opening(Token chosen);
  Result<bool> bind(std::string_view text);
  Result<void> look_for_trigger();
  std::optional<EndSpelling> find_end(const constraint::Matcher& matcher, std::size_t tokens) const;
  // What was said is, with more of it, as far as it can be told.
  bool is_text(std::string_view more) const;
  bool is_over() const;
  Result<bool> passes_end(std::string_view text) const;
  bool is_end_certain() const;
  bool close();
  Result<void> write_certain();
  bool write(const std::vector<Token>& tokens);
  void note(std::string_view text);

  Orders orders_;
  Spelling spell_;
  std::optional<constraint::Matcher> matcher_;  // once the rule holds
  std::optional<EndSpelling> end_;  // within the tokens that are left; none: it has no room
  bool ended_ = false;
  bool closed_early_ = false;
  bool calls_freely_ = false;
  Thought thought_ = Thought::kNone;
  std::uint32_t thought_tokens_ = 0;
  std::uint32_t after_thinking_ = 0;  // tokens that the end of thinking and of the answer take
  std::vector<Token> opening_;        // what may begin thinking in place of what the rule wants
  std::size_t opened_ = 0;            // how much of it was said
  std::string said_;                  // the answer so far
  std::size_t thinking_from_ = 0;     // where in it the mark that ends thinking may stand
  std::size_t thinking_to_ = 0;       // where that mark ended
  std::string heard_;                 // where a trigger may stand
  std::size_t heard_to_ = 0;          // how much of what was said is in it
  Addition added_;                    // by the last choice
  constraint::Mask mask_;
};

}  // namespace hearth::engine
