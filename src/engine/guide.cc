#include "engine/guide.h"

#include <algorithm>

#include "base/utf8.h"

namespace hearth::engine {

namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string_view without_blanks_before(std::string_view text) {
  return text.substr(std::min(text.size(), text.find_first_not_of(kBlank)));
}

Error unexpected(std::string_view text) {
  return make_error(Code::kInternal, "a token was chosen that the constraint forbids: \"" +
                                         std::string(text) + "\"");
}

}  // namespace

Result<std::unique_ptr<Guide>> Guide::create(Orders orders, Spelling spelling,
                                             std::uint32_t tokens_left) {
  std::unique_ptr<Guide> guide(new Guide(std::move(orders), std::move(spelling)));
  const Orders& own = guide->orders_;
  if (own.format.thinking_begun) guide->thought_ = Thought::kIn;
  if (!own.rule) return guide;
  const bool thinks_first = own.holds == Orders::Holds::kAfterThinking;
  if (thinks_first && !own.format.thinking_begun && !own.format.thinking_begin.empty()) {
    guide->opening_ = guide->spell_.tokens(own.format.thinking_begin);
  }
  const bool free = guide->thinks() || !guide->opening_.empty();
  const bool binds = own.holds == Orders::Holds::kFromStart || (thinks_first && !free);
  if (binds && !HEARTH_TRY(guide->bind({}, tokens_left))) {
    return fail(Code::kInternal, "a constraint refuses the beginning of every text");
  }
  return guide;
}

Result<std::vector<Token>> Guide::begin(std::uint32_t tokens_left) {
  written_.clear();
  HEARTH_TRY(think_no_more(tokens_left));
  HEARTH_TRY(write_certain(tokens_left));
  return written_;
}

Result<Allowed> Guide::allowed() {
  if (matcher_) {
    HEARTH_TRY(orders_.rule->masks->allowed(*matcher_, mask_));
    return Allowed(mask_);
  }
  if (!may_open()) return Allowed();
  HEARTH_TRY(orders_.rule->masks->allowed(constraint::Matcher(orders_.rule->grammar), mask_));
  const auto first = static_cast<std::size_t>(opening_.front());
  mask_[first / 64] |= std::uint64_t{1} << (first % 64);
  return Allowed(mask_);
}

Result<std::vector<Token>> Guide::take(Token chosen, std::uint32_t tokens_left) {
  written_.clear();
  if (may_open()) {
    if (chosen == opening_.front()) {
      write(opening_);
      HEARTH_TRY(think_no_more(tokens_left));
      return written_;
    }
    HEARTH_TRY(bind({}, tokens_left));
  }
  HEARTH_TRY(matcher_ ? take_bound(chosen, tokens_left) : take_free(chosen, tokens_left));
  return written_;
}

Result<void> Guide::take_bound(Token chosen, std::uint32_t tokens_left) {
  constraint::Matcher next = *matcher_;
  const std::string text = spell_.text(chosen);
  if (!HEARTH_TRY(next.accept(chosen, text))) return fail(unexpected(text));
  if (can_end_ && !fits(next, tokens_left - 1)) {
    close();
    return {};
  }
  matcher_ = std::move(next);
  written_.push_back(chosen);
  note(text);
  HEARTH_TRY(think_no_more(tokens_left - 1));
  return write_certain(tokens_left - 1);
}

Result<void> Guide::take_free(Token chosen, std::uint32_t tokens_left) {
  const std::string text = spell_.text(chosen);
  if (thinks() && !HEARTH_TRY(goes_on_after_thinking(text))) {
    orders_.thinking_max = 0;  // what it would write behind the mark is not what must follow
    return think_no_more(tokens_left);
  }
  written_.push_back(chosen);
  note(text);
  HEARTH_TRY(think_no_more(tokens_left - 1));
  HEARTH_TRY(look_for_trigger(tokens_left - 1));
  return write_certain(tokens_left - 1);
}

// Thinking that has had its tokens ends here; and what must follow thinking follows.
Result<void> Guide::think_no_more(std::uint32_t tokens_left) {
  const bool whole = base::unfinished_utf8_suffix(said_) == 0;
  if (thinks() && whole && orders_.thinking_max && thought_tokens_ >= *orders_.thinking_max) {
    std::string_view mark = orders_.format.thinking_end;
    std::size_t begun = mark.size();
    while (!said_.ends_with(mark.substr(0, begun)))
      --begun;
    write(spell_.tokens(mark.substr(begun)));
  }
  const bool waits = orders_.rule && orders_.holds == Orders::Holds::kAfterThinking && !matcher_;
  if (!waits || thought_ != Thought::kDone) return {};
  const auto rest = without_blanks_before(std::string_view(said_).substr(thinking_to_));
  if (!HEARTH_TRY(bind(rest, tokens_left))) return fail(unexpected(rest));
  return {};
}

// False when the text ends thinking and goes on with what may not follow it.
Result<bool> Guide::goes_on_after_thinking(std::string_view text) const {
  if (!orders_.rule || orders_.holds != Orders::Holds::kAfterThinking) return true;
  const std::string_view mark = orders_.format.thinking_end;
  const std::string ahead = said_.substr(thinking_from_).append(text);
  const std::size_t found = ahead.find(mark);
  if (found == std::string::npos) return true;
  const auto rest = without_blanks_before(std::string_view(ahead).substr(found + mark.size()));
  return constraint::Matcher(orders_.rule->grammar).accept(rest);
}

// From here on the rule holds, and this much of it was said. False when that cannot be.
Result<bool> Guide::bind(std::string_view text, std::uint32_t tokens_left) {
  constraint::Matcher matcher(orders_.rule->grammar);
  if (orders_.holds == Orders::Holds::kFromStart) {
    if (!HEARTH_TRY(matcher.accept(orders_.format.grammar_begin))) return false;
  }
  if (!HEARTH_TRY(matcher.accept(text))) return false;
  can_end_ = fits(matcher, tokens_left);
  matcher_ = std::move(matcher);
  return true;
}

// A call whose beginning the grammar does not know is read as what it is, without its help.
Result<void> Guide::look_for_trigger(std::uint32_t tokens_left) {
  if (matcher_ || thinks() || !orders_.rule || orders_.format.trigger == nullptr) return {};
  const auto found = dialogue::find_trigger(*orders_.format.trigger, said_, looked_at_);
  looked_at_ = said_.size();
  if (!found) return {};
  if (!HEARTH_TRY(bind(std::string_view(said_).substr(*found), tokens_left))) {
    orders_.format.trigger = nullptr;
  }
  return {};
}

bool Guide::fits(const constraint::Matcher& matcher, std::uint32_t tokens_left) const {
  if (matcher.bytes_to_end() <= tokens_left) return true;  // a token is a byte at least
  const auto end = matcher.shortest_end();
  if (!end) return false;
  const std::size_t tokens = spell_.tokens(*end).size();
  return tokens > 0 && tokens <= tokens_left;
}

void Guide::close() {
  if (const auto end = matcher_->shortest_end()) write(spell_.tokens(*end));
  ended_ = true;
}

// What must come next is written, save for its last token: what follows may share one with it.
Result<void> Guide::write_certain(std::uint32_t tokens_left) {
  if (!matcher_) return {};
  ended_ = ended_ || matcher_->must_end();
  if (ended_ || orders_.certain == Orders::Certain::kChosen) return {};
  const std::string text = matcher_->forced();
  std::vector<Token> tokens = text.empty() ? std::vector<Token>() : spell_.tokens(text);
  if (tokens.empty()) return {};
  constraint::Matcher after = *matcher_;
  if (!HEARTH_TRY(after.accept(text))) return fail(unexpected(text));
  if (!after.must_end()) tokens.pop_back();
  if (tokens.empty() || tokens.size() > tokens_left) return {};
  std::string written;
  for (const Token token : tokens)
    written += spell_.text(token);
  if (!HEARTH_TRY(matcher_->accept(written))) return fail(unexpected(written));
  ended_ = after.must_end();
  write(tokens);
  return {};
}

void Guide::write(const std::vector<Token>& tokens) {
  for (const Token token : tokens) {
    written_.push_back(token);
    note(spell_.text(token));
  }
}

// Follows the marks around thinking, which stands at the beginning of an answer.
void Guide::note(std::string_view text) {
  if (thinks()) ++thought_tokens_;
  said_ += text;
  const std::string& begin = orders_.format.thinking_begin;
  const std::string& end = orders_.format.thinking_end;
  if (thought_ == Thought::kNone && !begin.empty()) {
    const auto answer = without_blanks_before(said_);
    if (!answer.starts_with(begin)) return;
    thought_ = Thought::kIn;
    thinking_from_ = said_.size() - answer.size() + begin.size();
  }
  if (!thinks()) return;
  const std::size_t found = said_.find(end, thinking_from_);
  if (found == std::string::npos) {
    thinking_from_ = std::max(thinking_from_, said_.size() - std::min(said_.size(), end.size()));
    return;
  }
  thought_ = Thought::kDone;
  thinking_to_ = found + end.size();
}

}  // namespace hearth::engine
