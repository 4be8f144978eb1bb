#include "engine/begun_answer.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <variant>

#include "chat/request_part.h"
#include "dialogue/answer_reader.h"
#include "engine/answer_rules.h"

namespace hearth::engine {

namespace {

using Part = chat::RequestPart;

constexpr std::string_view kBlank = " \t\r\n";

bool is_digit(char byte) {
  return std::isdigit(static_cast<unsigned char>(byte)) != 0;
}

// Of numbers and names, which end where something else begins.
bool is_of_word(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '.' || byte == '+' ||
         byte == '-';
}

Result<std::optional<constraint::Matcher>> begun(const Orders& orders, std::string_view text) {
  constraint::Matcher matcher(orders.rule->grammar);
  const std::string whole = orders.format.frame.turn_begin + std::string(text);
  if (!HEARTH_TRY(matcher.accept(whole))) return std::nullopt;
  return matcher;
}

// The shortest answer that goes on so is read as calls and nothing else.
bool reads_calls(const dialogue::AnswerFormat& format, const constraint::Matcher& matcher) {
  const auto end = matcher.shortest_end();
  if (!end) return false;
  const auto reader = dialogue::AnswerReader::create(format);
  auto events = reader->add(*end);
  const auto rest = reader->finish(dialogue::Rest::kText);
  events.insert(events.end(), rest.begin(), rest.end());
  return reader->called() && std::all_of(events.begin(), events.end(), [](const auto& event) {
           return std::holds_alternative<chat::ToolCallDelta>(event);
         });
}

Result<void> go_on_with_document(const std::string& text, Orders& orders) {
  if (HEARTH_TRY(begun(orders, text))) return {};
  const auto compact = without_blanks(text);
  if (!compact || *compact == text || !HEARTH_TRY(begun(orders, *compact))) return {};
  if (is_digit(compact->back()) && kBlank.find(text.back()) != std::string_view::npos) {
    return fail(Code::kInvalidArgument,
                "the document that the last message begins ends with white space behind a number, "
                "which no rule can go on from; leave that white space out",
                chat::part_context({Part::Kind::kMessages}));
  }
  orders.begun = *compact;
  return {};
}

// The longest end of the text that is the beginning of a call; or none of it, where a whole call
// may follow.
Result<void> go_on_with_call(std::string_view text, Orders& orders) {
  text = text.substr(text.size() - std::min(text.size(), kBegunCallBytesMax));
  std::size_t tried = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (tried == kBegunCallsTried) at = text.size();
    const auto matcher = HEARTH_TRY(begun(orders, text.substr(at)));
    if (!matcher) continue;
    ++tried;
    if (!reads_calls(orders.format, *matcher)) continue;
    orders.begun = text.substr(at);
    return {};
  }
  return fail(Code::kInvalidArgument,
              "a required call of this model cannot stand behind what the last message begins; "
              "leave that message out, or set tool_choice to \"auto\"",
              chat::part_context({Part::Kind::kToolChoice}));
}

// What the model may do by itself it is not made to do: what is no call is text.
Result<void> find_call(const std::string& text, Orders& orders) {
  if (orders.format.trigger == nullptr) return {};
  const auto found = dialogue::find_trigger(*orders.format.trigger, text, 0);
  if (!found) return {};
  const std::string call = text.substr(*found);
  const auto matcher = HEARTH_TRY(begun(orders, call));
  if (!matcher || !reads_calls(orders.format, *matcher)) return {};
  orders.begun = call;
  orders.holds = Orders::Holds::kAfterThinking;
  return {};
}

}  // namespace

std::optional<std::string> without_blanks(std::string_view json) {
  std::string compact;
  bool quoted = false;
  bool escaped = false;
  bool blank = false;
  for (const char byte : json) {
    if (!quoted && kBlank.find(byte) != std::string_view::npos) {
      blank = true;
      continue;
    }
    if (blank && !compact.empty() && is_of_word(compact.back()) && is_of_word(byte))
      return std::nullopt;
    compact += byte;
    blank = false;
    if (byte == '"' && !escaped) quoted = !quoted;
    escaped = quoted && byte == '\\' && !escaped;
  }
  return compact;
}

Result<void> go_on(const chat::Request& asked, Orders& orders) {
  if (!asked.continue_last || !orders.rule) return {};
  const std::string& text = asked.messages.back().content;
  if (text.empty()) return {};
  if (orders.holds == Orders::Holds::kFromTrigger) return find_call(text, orders);
  if (must_call(asked, orders.format)) return go_on_with_call(text, orders);
  if (!orders.begun.empty()) return go_on_with_document(text, orders);
  return {};
}

}  // namespace hearth::engine
