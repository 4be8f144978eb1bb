#include "dialogue/parsing_reader.h"

#include <algorithm>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/ids.h"
#include "base/utf8.h"
#include "dialogue/text_edges.h"

namespace hearth::dialogue {

namespace {

using Place = ParsedAnswer::Place;

constexpr const char* kUnreadable =
    "a part of this answer does not have the form of the model's tool calls; "
    "it is given as text, as the model wrote it";

constexpr std::size_t kCallIdBytesMax = 64;

std::string make_call_id() {
  std::string id = base::make_id("call");
  id[std::string_view("call").size()] = '_';
  return id;
}

bool agree(std::string_view before, std::string_view now, std::size_t given) {
  return now.size() >= given && now.substr(0, given) == before.substr(0, given);
}

// A key may stand twice: rules cannot remember those that were written.
bool is_object(const std::string& text) {
  boost::json::parse_options options;
  options.max_depth = kNestingMax;
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(text, error, {}, options);
  return !error && value.is_object();
}

}  // namespace

ParsingReader::ParsingReader(const AnswerFormat& format)
    : parser_(format.parser), trigger_(format.trigger) {
  for (const std::string& mark : parser_->marks())
    first_bytes_ += mark.front();
  settle(parser_->parse({}));
}

bool ParsingReader::calls_whole(std::size_t count) const {
  const auto calls = static_cast<std::ptrdiff_t>(std::min(given_calls_.size(), count));
  return std::all_of(read_.calls.begin(), read_.calls.begin() + calls,
                     [](const chat::ToolCall& call) { return is_object(call.arguments); });
}

void ParsingReader::add(std::string_view text, Deltas& out) {
  while (!text.empty()) {
    const std::size_t taken = read_.open ? pass_on(text, out) : wait(text.front(), out);
    text.remove_prefix(taken);
  }
}

bool ParsingReader::could_be_mark(std::string_view text) const {
  return std::any_of(parser_->marks().begin(), parser_->marks().end(),
                     [&](const std::string& mark) { return mark.starts_with(text); });
}

void ParsingReader::release_held(Deltas& out) {
  std::string_view said = std::string_view(answer_).substr(read_.end, held_);
  read_.end += said.size();
  const bool thinks = read_.place == Place::kThinking;
  std::string& part = thinks ? read_.thinking : read_.text;
  std::size_t& shown = thinks ? thinking_shown_ : text_shown_;
  if (thinks && part.empty() && !read_.thought) said.remove_prefix(begin_without_space(said));
  if (const std::size_t size = size_without_space(said); size > 0) shown = part.size() + size;
  part += said;
  read_.whole = false;
  parsed_at_ = read_.end;
  held_ = 0;
  give(Extent::kSoFar, out);
}

std::size_t ParsingReader::pass_on(std::string_view text, Deltas& out) {
  const std::size_t plain = held_ > 0 ? 0 : std::min(text.find_first_of(first_bytes_), text.size());
  if (plain > 0) {
    answer_ += text.substr(0, plain);
    held_ = plain;
    release_held(out);
    return plain;
  }
  answer_ += text.front();
  // The longest end that could be a mark is held; what is before it, is said.
  const std::string_view candidate = std::string_view(answer_).substr(read_.end);
  std::size_t said = 0;
  while (said < candidate.size() && !could_be_mark(candidate.substr(said)))
    ++said;
  const std::string_view mark = candidate.substr(said);
  const auto& marks = parser_->marks();
  const bool closes = std::find(marks.begin(), marks.end(), mark) != marks.end();
  const std::size_t kept = mark.size();
  held_ = said;
  if (said > 0) release_held(out);
  held_ = kept;
  if (closes) read_.open = false;
  return 1;
}

// Never within a character: the library would make something of its first bytes.
bool ParsingReader::is_due() const {
  const std::size_t grown = answer_.size() - tried_at_;
  if (grown < (answer_.size() <= kShortAnswerBytes ? 1 : kStepBytes)) return false;
  if (base::unfinished_utf8_suffix(answer_) > 0) return false;
  return cost_ + answer_.size() <= kCostFree + kCostPerByte * answer_.size();
}

std::size_t ParsingReader::wait(char byte, Deltas& out) {
  answer_ += byte;
  if (is_due()) parse_again(out);
  return 1;
}

void ParsingReader::parse_again(Deltas& out) {
  tried_at_ = answer_.size();
  cost_ += answer_.size();
  ParsedAnswer read = parser_->parse(answer_);
  if (!read.readable || !extends(read)) return;
  settle(std::move(read));
  parsed_at_ = answer_.size();
  give(Extent::kSoFar, out);
}

void ParsingReader::settle(ParsedAnswer read) {
  read_ = std::move(read);
  held_ = 0;
  thinking_shown_ = std::max(given_thinking_, size_without_space(read_.thinking));
  text_shown_ = std::max(given_text_, size_without_space(read_.text));
}

bool ParsingReader::extends(const ParsedAnswer& read) const {
  if (!agree(read_.thinking, read.thinking, given_thinking_)) return false;
  if (!agree(read_.text, read.text, given_text_)) return false;
  if (read.calls.size() < given_calls_.size()) return false;
  for (std::size_t i = 0; i < given_calls_.size(); ++i) {
    if (read.calls[i].name != read_.calls[i].name) return false;
    if (!agree(read_.calls[i].arguments, read.calls[i].arguments, given_calls_[i].arguments))
      return false;
  }
  return true;
}

void ParsingReader::give(Extent extent, Deltas& out) {
  give_thinking(out);
  give_text(extent, out);
  give_calls(extent, out);
}

void ParsingReader::give_thinking(Deltas& out) {
  if (thinking_shown_ <= given_thinking_) return;
  out.thinking(
      std::string_view(read_.thinking).substr(given_thinking_, thinking_shown_ - given_thinking_));
  given_thinking_ = thinking_shown_;
}

void ParsingReader::give_text(Extent extent, Deltas& out) {
  // White space between text and a call is the call's.
  if (extent == Extent::kWhole && read_.calls.empty()) text_shown_ = read_.text.size();
  if (text_shown_ <= given_text_) return;
  out.text(std::string_view(read_.text).substr(given_text_, text_shown_ - given_text_));
  given_text_ = text_shown_;
}

// What a model has made up names its call, unless nobody could send it back.
bool ParsingReader::is_usable(const std::string& id) const {
  const bool is_new = std::none_of(given_calls_.begin(), given_calls_.end(),
                                   [&](const GivenCall& given) { return given.id == id; });
  const bool is_word =
      std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  return !id.empty() && id.size() <= kCallIdBytesMax && is_word && is_new;
}

void ParsingReader::give_calls(Extent extent, Deltas& out) {
  for (std::size_t i = 0; i < read_.calls.size(); ++i) {
    chat::ToolCall& call = read_.calls[i];
    if (extent == Extent::kWhole && call.arguments.empty()) call.arguments = "{}";
    chat::ToolCallDelta piece{.index = static_cast<std::uint32_t>(i)};
    if (i == given_calls_.size()) {
      // A name may still grow until something follows it.
      const bool named =
          extent == Extent::kWhole || call.arguments.size() > 1 || i + 1 < read_.calls.size();
      if (!named) return;
      given_calls_.push_back({is_usable(call.id) ? call.id : make_call_id()});
      piece.id = given_calls_.back().id;
      piece.name = call.name;
    } else if (call.arguments.size() <= given_calls_[i].arguments) {
      continue;
    }
    piece.arguments = call.arguments.substr(given_calls_[i].arguments);
    given_calls_[i].arguments = call.arguments.size();
    out.call(std::move(piece));
  }
}

bool ParsingReader::give_rest_of_call(std::string_view remainder, Deltas& out) {
  if (read_.place != Place::kCall || read_.calls.empty()) return false;
  if (parser_->is_syntax(remainder)) return true;
  // A call that was cut, in a format that writes arguments as they are.
  const std::string_view before =
      std::string_view(answer_).substr(0, answer_.size() - remainder.size());
  chat::ToolCall& call = read_.calls.back();
  const bool as_they_are = before.ends_with(call.arguments) || call.arguments.ends_with(before);
  if (read_.whole || !as_they_are || call.arguments.ends_with('}')) return false;
  call.arguments += remainder;
  give_calls(Extent::kWhole, out);
  return true;
}

void ParsingReader::give_remainder(std::string_view remainder, Rest rest, Deltas& out) {
  if (read_.place == Place::kThinking && could_be_mark(remainder)) return out.thinking(remainder);
  if (give_rest_of_call(remainder, out) || rest == Rest::kMarks) return;
  out.text(remainder);
  const bool damaged = read_.place == Place::kCall || !could_be_mark(remainder);
  if (damaged && rest == Rest::kText) out.warn(kUnreadable);
}

// Of what cannot be read to its end, the beginning often can: as much as is readable is searched
// for between what was read before and the whole.
ParsedAnswer ParsingReader::parse_longest() const {
  ParsedAnswer best;
  std::size_t good = parsed_at_;
  std::size_t bad = answer_.size();
  while (good + 1 < bad) {
    const std::size_t middle = good + (bad - good) / 2;
    ParsedAnswer read = parser_->parse(std::string_view(answer_).substr(0, middle));
    if (read.readable && extends(read)) {
      good = middle;
      best = std::move(read);
    } else {
      bad = middle;
    }
  }
  return best;
}

// False when the answer as a whole is not what the rules expect.
bool ParsingReader::settle_at_end() {
  if (read_.open) return true;
  ParsedAnswer read = parser_->parse(answer_);
  const bool understood = read.readable && extends(read);
  if (!understood) read = parse_longest();
  if (read.readable) settle(std::move(read));
  return understood;
}

bool ParsingReader::is_plain_text() const {
  const bool calls = trigger_ == nullptr || find_trigger(*trigger_, answer_, 0);
  return !calls && read_.end == 0 && !called();
}

void ParsingReader::finish(Rest rest, Deltas& out) {
  const bool understood = settle_at_end();
  give(Extent::kWhole, out);
  const std::size_t begin = read_.whole ? std::max(read_.reached, read_.end) : read_.end;
  const std::string_view remainder = std::string_view(answer_).substr(begin);
  if (begin_without_space(remainder) == remainder.size()) return;
  if (understood) return give_remainder(remainder, rest, out);
  out.text(remainder);
  if (rest != Rest::kDocument && !is_plain_text()) out.warn(kUnreadable);
}

}  // namespace hearth::dialogue
