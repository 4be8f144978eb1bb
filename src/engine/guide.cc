#include "engine/guide.h"

#include <algorithm>

#include "base/utf8.h"
#include "engine/begun_text.h"

namespace hearth::engine {

namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::size_t kCharacterRestMax = 3;  // tokens: bytes behind the first

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
  guide->calls_freely_ = own.begun_freely;
  guide->heard_ = own.before;
  if (!own.rule) return guide;
  guide->plan_thinking();
  HEARTH_TRY(guide->forget_begun_unless_known());
  if (guide->waits() && !own.format.thinking_begun && !own.format.thinking_begin.empty()) {
    guide->opening_ = guide->spell_.tokens(own.format.thinking_begin);
  }
  const bool free = guide->thinks() || !guide->opening_.empty();
  guide->added_ = Addition(tokens_left);
  if (guide->waits() && !free && !HEARTH_TRY(guide->bind({}))) {
    return fail(Code::kInternal, "a constraint refuses the beginning of every text");
  }
  return guide;
}

Result<std::vector<Token>> Guide::begin(std::uint32_t tokens_left) {
  added_ = Addition(tokens_left);
  HEARTH_TRY(think_no_more());
  HEARTH_TRY(write_certain());
  return added_.tokens();
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
  added_ = Addition(tokens_left);
  if (may_open()) {
    if (HEARTH_TRY(goes_on_opening(chosen))) {
      HEARTH_TRY(think_no_more());
      return added_.tokens();
    }
    opening_.clear();
    opened_ = 0;
    HEARTH_TRY(bind(said_));
  }
  HEARTH_TRY(matcher_ ? take_bound(chosen) : take_free(chosen));
  return added_.tokens();
}

// Thinking is begun as soon as nothing else can come of what was said. A rule may begin with the
// same token, as calls and thinking do where a model spells both with "<".
Result<bool> Guide::goes_on_opening(Token chosen) {
  if (chosen != opening_[opened_]) return false;
  const std::string text = spell_.text(chosen);
  const auto other = HEARTH_TRY(begun(said_ + text));
  if (other && !find_end(*other, added_.left_after(1))) return false;
  const std::size_t end = other ? opened_ + 1 : opening_.size();
  while (opened_ < end && write({opening_[opened_]}))
    ++opened_;
  return true;
}

Result<void> Guide::take_bound(Token chosen) {
  constraint::Matcher next = *matcher_;
  const std::string text = spell_.text(chosen);
  if (!HEARTH_TRY(next.accept(chosen, text))) return fail(unexpected(text));
  auto end = end_ ? find_end(next, added_.left_after(1)) : std::nullopt;
  const bool runs_out = end_ && !end;
  if (runs_out || HEARTH_TRY(passes_end(text))) {
    const bool certain = is_end_certain();
    if (close()) {
      closed_early_ = runs_out && !certain;
      return {};
    }
  }
  matcher_ = std::move(next);
  end_ = std::move(end);
  write({chosen});
  if (thinks()) matcher_.reset();  // until it has ended: a call inside would be none
  HEARTH_TRY(think_no_more());
  return write_certain();
}

Result<void> Guide::take_free(Token chosen) {
  const std::string text = spell_.text(chosen);
  if (thinks() && !HEARTH_TRY(goes_on_after_thinking(text))) {
    write(rest_of_thinking_end());  // what it would write behind it is not what must follow
    return think_no_more();
  }
  write({chosen});
  HEARTH_TRY(think_no_more());
  HEARTH_TRY(look_for_trigger());
  return write_certain();
}

// Thinking that has had its tokens ends here; and what must follow thinking follows.
Result<void> Guide::think_no_more() {
  if (thinks() && thinks_too_long()) {
    const std::vector<Token> end = rest_of_thinking_end();
    if (end.size() <= added_.left()) write(end);
  }
  if (!waits() || thought_ != Thought::kDone) return {};
  constraint::Matcher matcher(orders_.rule->grammar);
  const std::string_view behind = std::string_view(said_).substr(thinking_to_);
  if (!HEARTH_TRY(matcher.accept(without_blanks_before(behind)))) return fail(unexpected(behind));
  end_ = find_end(matcher, added_.left());
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

// An answer that is held to something is not used up by thinking, where both have room. Thinking
// ends behind a whole character, unless that takes the room.
bool Guide::thinks_too_long() const {
  const bool in_character = base::unfinished_utf8_suffix(said_) > 0;
  if (!in_character && orders_.thinking_max && thought_tokens_ >= *orders_.thinking_max)
    return true;
  const std::size_t needed = after_thinking_ + (in_character ? 0 : kCharacterRestMax);
  return waits() && after_thinking_ > 0 && added_.left() <= needed && thought_tokens_ > 0;
}

void Guide::plan_thinking() {
  const std::string& mark = orders_.format.thinking_end;
  if (mark.empty() || orders_.holds == Orders::Holds::kFromTrigger) return;
  constraint::Matcher matcher(orders_.rule->grammar);
  const auto end = matcher.shortest_end();
  if (!end) return;
  std::size_t most = 0;  // what is left of the mark may take more tokens than all of it
  for (std::size_t said = 0; said < mark.size(); ++said)
    most = std::max(most, spell_.tokens(std::string_view(mark).substr(said)).size());
  after_thinking_ = static_cast<std::uint32_t>(most + spell_.tokens(*end).size() + 1);
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
Result<bool> Guide::bind(std::string_view text) {
  auto matcher = HEARTH_TRY(begun(text));
  if (!matcher) return false;
  end_ = find_end(*matcher, added_.left());
  matcher_ = std::move(matcher);
  return true;
}

// A call whose beginning the grammar does not know is read as what it is, without its help. A token
// may bring blanks with it that only the reader takes.
Result<void> Guide::look_for_trigger() {
  if (matcher_ || thinks() || !orders_.rule || orders_.format.trigger == nullptr) return {};
  const std::size_t from = heard_.size();
  heard_to_ = std::max(heard_to_, thinking_to_);  // in thinking stands none
  heard_.append(said_, heard_to_);
  heard_to_ = said_.size();
  const auto found = dialogue::find_trigger(*orders_.format.trigger, heard_, from);
  if (!found) return {};
  auto begun = HEARTH_TRY(take_in(constraint::Matcher(orders_.rule->grammar),
                                  std::string_view(heard_).substr(*found),
                                  blanks_of_calls(orders_.format.grammar)));
  if (!begun || begun->ends_in_word) {
    heard_.erase(0, *found + 1);
    calls_freely_ = true;
    return {};
  }
  calls_freely_ = false;
  end_ = find_end(begun->matcher, added_.left());
  matcher_ = std::move(begun->matcher);
  return {};
}

// How the text can be ended within so many tokens; nothing when it cannot.
std::optional<EndSpelling> Guide::find_end(const constraint::Matcher& matcher,
                                           std::size_t tokens) const {
  if (matcher.bytes_to_end() <= tokens) return EndSpelling();  // a token is a byte at least
  auto end = matcher.shortest_end();
  if (!end) return std::nullopt;
  const auto suits = [tokens](std::size_t count) { return count > 0 && count <= tokens; };
  EndSpelling spelling = end_.value_or(EndSpelling());
  if (suits(spelling.tokens(*end, spell_.tokens, spell_.text).size())) return spelling;
  if (suits(spelling.fewest_tokens(*std::move(end), spell_.tokens).size())) return spelling;
  return std::nullopt;
}

bool Guide::is_over() const {
  if (matcher_->must_end()) return true;
  return orders_.calls == Orders::Calls::kOne && matcher_->may_end() && !is_text({});
}

// Where one call is wanted, and it ends within this text.
Result<bool> Guide::passes_end(std::string_view text) const {
  if (orders_.calls != Orders::Calls::kOne || text.size() < 2) return false;
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

// Nothing but the text that ends it soonest can follow.
bool Guide::is_end_certain() const {
  const std::string forced = matcher_->forced();
  return !forced.empty() && forced == matcher_->shortest_end();
}

// Ends the document in the shortest way, as far as there is room. False where that has no spelling.
bool Guide::close() {
  const auto end = matcher_->shortest_end();
  if (!end) return false;
  std::vector<Token> tokens = spell_.tokens(*end);
  if (end_ && tokens.size() > added_.left()) {
    tokens = end_->tokens(*end, spell_.tokens, spell_.text);
  }
  if (tokens.empty() && !end->empty()) return false;
  ended_ = write(tokens);
  return true;
}

// What must come next is written, save for its last token: what follows may share one with it. A
// document that can be ended can be so afterwards.
Result<void> Guide::write_certain() {
  if (!matcher_) return {};
  ended_ = ended_ || is_over();
  if (ended_ || orders_.certain == Orders::Certain::kChosen) return {};
  const std::string text = matcher_->forced();
  std::vector<Token> tokens = text.empty() ? std::vector<Token>() : spell_.tokens(text);
  if (tokens.empty()) return {};
  constraint::Matcher after = *matcher_;
  if (!HEARTH_TRY(after.accept(text))) return fail(unexpected(text));
  if (!after.must_end()) tokens.pop_back();
  if (tokens.empty() || tokens.size() > added_.left()) return {};
  std::string written;
  for (const Token token : tokens)
    written += spell_.text(token);
  constraint::Matcher next = *matcher_;
  if (!HEARTH_TRY(next.accept(written))) return fail(unexpected(written));
  auto end = end_ ? find_end(next, added_.left_after(tokens.size())) : std::nullopt;
  if (end_ && !end) return {};
  matcher_ = std::move(next);
  end_ = std::move(end);
  ended_ = after.must_end();
  write(tokens);
  return {};
}

// As far as there is room; true when that is all.
bool Guide::write(const std::vector<Token>& tokens) {
  for (const Token token : tokens) {
    if (!added_.add(token)) return false;
    note(spell_.text(token));
  }
  return true;
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
