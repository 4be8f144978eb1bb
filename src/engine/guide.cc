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
  guide->plan_thinking();
  HEARTH_TRY(guide->forget_begun_unless_known());
  if (guide->waits() && !own.format.thinking_begun && !own.format.thinking_begin.empty()) {
    guide->opening_ = guide->spell_.tokens(own.format.thinking_begin);
  }
  const bool free = guide->thinks() || !guide->opening_.empty();
  if (guide->waits() && !free && !HEARTH_TRY(guide->bind({}, tokens_left))) {
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
  if (thinks() && waits()) {
    forbid_to_end();
    return Allowed(mask_);
  }
  if (!may_open()) return Allowed();
  const auto matcher = HEARTH_TRY(begun(said_));
  if (!matcher) return fail(unexpected(said_));
  HEARTH_TRY(orders_.rule->masks->allowed(*matcher, mask_));
  const auto next = static_cast<std::size_t>(opening_[opened_]);
  mask_[next / 64] |= std::uint64_t{1} << (next % 64);
  return Allowed(mask_);
}

Result<std::vector<Token>> Guide::take(Token chosen, std::uint32_t tokens_left) {
  written_.clear();
  if (may_open()) {
    if (HEARTH_TRY(goes_on_opening(chosen, tokens_left))) {
      HEARTH_TRY(think_no_more(tokens_left));
      return written_;
    }
    opening_.clear();
    opened_ = 0;
    HEARTH_TRY(bind(said_, tokens_left));
  }
  HEARTH_TRY(matcher_ ? take_bound(chosen, tokens_left) : take_free(chosen, tokens_left));
  return written_;
}

// Thinking is begun as soon as nothing else can come of what was said. A rule may begin with the
// same token, as calls and thinking do where a model spells both with "<".
Result<bool> Guide::goes_on_opening(Token chosen, std::uint32_t tokens_left) {
  if (chosen != opening_[opened_]) return false;
  const std::string text = spell_.text(chosen);
  const auto other = HEARTH_TRY(begun(said_ + text));
  if (other && !fits(*other, tokens_left - 1)) return false;
  const std::size_t end =
      other ? opened_ + 1 : std::min<std::size_t>(opening_.size(), opened_ + tokens_left);
  while (opened_ < end)
    write({opening_[opened_++]});
  return true;
}

Result<void> Guide::take_bound(Token chosen, std::uint32_t tokens_left) {
  constraint::Matcher next = *matcher_;
  const std::string text = spell_.text(chosen);
  if (!HEARTH_TRY(next.accept(chosen, text))) return fail(unexpected(text));
  const bool runs_out = can_end_ && !fits(next, tokens_left - 1);
  if (runs_out || HEARTH_TRY(passes_end(text))) {
    close();
    return {};
  }
  matcher_ = std::move(next);
  written_.push_back(chosen);
  note(text);
  if (thinks()) matcher_.reset();  // until it has ended: a call inside would be none
  HEARTH_TRY(think_no_more(tokens_left - 1));
  return write_certain(tokens_left - 1);
}

Result<void> Guide::take_free(Token chosen, std::uint32_t tokens_left) {
  const std::string text = spell_.text(chosen);
  if (thinks() && !HEARTH_TRY(goes_on_after_thinking(text))) {
    write(rest_of_thinking_end());  // what it would write behind it is not what must follow
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
  if (thinks() && thinks_too_long(tokens_left)) {
    const std::vector<Token> end = rest_of_thinking_end();
    if (end.size() <= tokens_left) write(end);
  }
  if (!waits() || thought_ != Thought::kDone) return {};
  constraint::Matcher matcher(orders_.rule->grammar);
  const std::string_view behind = std::string_view(said_).substr(thinking_to_);
  if (!HEARTH_TRY(matcher.accept(without_blanks_before(behind)))) return fail(unexpected(behind));
  can_end_ = fits(matcher, tokens_left);
  matcher_ = std::move(matcher);
  return {};
}

// Without what of the mark was said already.
std::vector<Token> Guide::rest_of_thinking_end() const {
  const std::string_view mark = orders_.format.thinking_end;
  std::size_t begun = mark.size();
  while (!said_.ends_with(mark.substr(0, begun)))
    --begun;
  return spell_.tokens(mark.substr(begun));
}

// An answer that is held to something is not used up by thinking, where both have room.
bool Guide::thinks_too_long(std::uint32_t tokens_left) const {
  if (base::unfinished_utf8_suffix(said_) > 0) return false;
  if (orders_.thinking_max && thought_tokens_ >= *orders_.thinking_max) return true;
  return waits() && after_thinking_ > 0 && tokens_left <= after_thinking_ && thought_tokens_ > 0;
}

void Guide::plan_thinking() {
  const std::string& mark = orders_.format.thinking_end;
  if (mark.empty() || orders_.holds == Orders::Holds::kFromTrigger) return;
  constraint::Matcher matcher(orders_.rule->grammar);
  const auto end = matcher.shortest_end();
  if (!end) return;
  const std::size_t tokens = spell_.tokens(mark).size() + spell_.tokens(*end).size();
  after_thinking_ = static_cast<std::uint32_t>(tokens + 1);
}

// Whoever ends in the middle of thinking has not answered.
void Guide::forbid_to_end() {
  mask_.assign((orders_.rule->vocabulary->size() + 63) / 64, ~std::uint64_t{0});
  for (const Token end : orders_.rule->vocabulary->ends())
    mask_[static_cast<std::size_t>(end) / 64] &= ~(std::uint64_t{1} << (end % 64));
}

// False when the text ends thinking and goes on with what may not follow it, or has what is taken
// for such an end.
Result<bool> Guide::goes_on_after_thinking(std::string_view text) const {
  if (!waits()) return true;
  const std::string_view mark = orders_.format.thinking_end;
  const std::string ahead = std::string(said_).append(text);
  const std::size_t found = ahead.find(mark, thinking_from_);
  for (const std::string& other : orders_.format.thinking_breaks) {
    const std::size_t from = said_.size() - std::min(said_.size(), other.size() - 1);
    if (ahead.substr(0, found).find(other, from) != std::string::npos) return false;
  }
  if (found == std::string::npos) return true;
  constraint::Matcher matcher(orders_.rule->grammar);
  return matcher.accept(without_blanks_before(std::string_view(ahead).substr(found + mark.size())));
}

Result<void> Guide::forget_begun_unless_known() {
  if (!orders_.begun.empty() && !HEARTH_TRY(begun({}))) orders_.begun.clear();
  return {};
}

// What the rule makes of an answer that begins so; nothing where it forbids that. The rule has to
// see what the prompt ends with.
Result<std::optional<constraint::Matcher>> Guide::begun(std::string_view text) const {
  constraint::Matcher matcher(orders_.rule->grammar);
  const dialogue::AnswerFormat& format = orders_.format;
  std::string before;
  if (orders_.holds == Orders::Holds::kAfterThinking)
    before = format.frame.turn_begin + orders_.begun;
  if (!HEARTH_TRY(matcher.accept(before.append(text)))) return std::nullopt;
  return matcher;
}

// From here on the rule holds, and this much of it was said. False when that cannot be.
Result<bool> Guide::bind(std::string_view text, std::uint32_t tokens_left) {
  auto matcher = HEARTH_TRY(begun(text));
  if (!matcher) return false;
  can_end_ = fits(*matcher, tokens_left);
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

bool Guide::fits(const constraint::Matcher& matcher, std::uint32_t tokens_left) {
  if (matcher.bytes_to_end() <= tokens_left) return true;  // a token is a byte at least
  auto end = matcher.shortest_end();
  if (!end) return false;
  const auto suits = [tokens_left](std::size_t tokens) {
    return tokens > 0 && tokens <= tokens_left;
  };
  if (suits(end_.tokens(*end, spell_.tokens, spell_.text).size())) return true;
  return suits(end_.fewest_tokens(*std::move(end), spell_.tokens).size());
}

bool Guide::is_over() const {
  if (matcher_->must_end()) return true;
  return orders_.calls == Orders::Calls::kOne && matcher_->may_end() && !is_text({});
}

// Where one call is wanted, and it ends within this text.
Result<bool> Guide::passes_end(std::string_view text) const {
  if (orders_.calls == Orders::Calls::kSeveral || text.size() < 2) return false;
  constraint::Matcher matcher = *matcher_;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (!HEARTH_TRY(matcher.accept(text.substr(i, 1)))) return false;
    if (matcher.may_end() && !is_text(text.substr(0, i + 1))) return true;
  }
  return false;
}

bool Guide::is_text(std::string_view more) const {
  if (!orders_.rule || thinks()) return true;
  if (orders_.holds == Orders::Holds::kFromTrigger) return !matcher_;
  if (orders_.rule->text == nullptr) return false;
  const dialogue::TextFrame& frame = orders_.format.frame;
  std::string answer = frame.turn_begin + orders_.begun + said_;
  if (thought_ == Thought::kDone)
    answer = without_blanks_before(std::string_view(said_).substr(thinking_to_));
  answer += more;
  const std::size_t begin = frame.turn_begin.size() + frame.text_begin.size();
  if (answer.size() <= begin) return false;
  constraint::Matcher matcher(orders_.rule->text);
  return matcher.accept(std::string_view(answer).substr(0, begin + kTextBytesLookedAt))
      .value_or(true);
}

dialogue::Rest Guide::rest() const {
  using dialogue::Rest;
  if (!is_text({})) return Rest::kMarks;
  const bool bound = matcher_ && orders_.holds == Orders::Holds::kAfterThinking;
  return bound ? Rest::kDocument : Rest::kText;
}

void Guide::close() {
  if (const auto end = matcher_->shortest_end()) write(spell_.tokens(*end));
  ended_ = true;
}

// What must come next is written, save for its last token: what follows may share one with it.
Result<void> Guide::write_certain(std::uint32_t tokens_left) {
  if (!matcher_) return {};
  ended_ = ended_ || is_over();
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
