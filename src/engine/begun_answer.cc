#include "engine/begun_answer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "chat/request_part.h"
#include "dialogue/answer_reader.h"
#include "engine/answer_rules.h"
#include "engine/begun_text.h"

namespace hearth::engine {

namespace {

using Part = chat::RequestPart;

constexpr std::size_t kMarkBytesMax = 256;  // of what begins a call
constexpr std::string_view kNoPartOfCalls = " so ";
constexpr const char* kAnotherDocument =
    "the last message does not begin a document as it would be written here (its members in the "
    "order of the schema, without escapes that are not needed), so a whole one follows it";
constexpr const char* kNoCall =
    "the last message begins a call of a tool, but none that would be made here (its members in "
    "the order of the schema, its values as the schema has them), so what follows is text";

Result<std::optional<BegunText>> begun(const Orders& orders, std::string_view text, Blanks blanks) {
  constraint::Matcher matcher(orders.rule->grammar);
  if (!HEARTH_TRY(matcher.accept(orders.format.frame.turn_begin))) return std::nullopt;
  return take_in(std::move(matcher), text, blanks);
}

std::vector<chat::Event> read(const dialogue::AnswerFormat& format, std::string_view answer) {
  const auto reader = dialogue::AnswerReader::create(format);
  auto events = reader->add(answer);
  const auto rest = reader->finish(dialogue::Rest::kText);
  events.insert(events.end(), rest.begin(), rest.end());
  return events;
}

// The shortest answer that goes on so is read as calls and nothing else.
bool reads_calls(const dialogue::AnswerFormat& format, const constraint::Matcher& matcher) {
  const auto end = matcher.shortest_end();
  if (!end) return false;
  const auto events = read(format, *end);
  return !events.empty() && std::all_of(events.begin(), events.end(), [](const auto& event) {
    return std::holds_alternative<chat::ToolCallDelta>(event);
  });
}

// It would be read within a call that was begun.
bool reads_call_begun(const dialogue::AnswerFormat& format) {
  const auto events = read(format, kNoPartOfCalls);
  return std::any_of(events.begin(), events.end(), [](const auto& event) {
    return std::holds_alternative<chat::ToolCallDelta>(event);
  });
}

bool looks_like_json(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos &&
         std::string_view("{[\"").find(text[begin]) != std::string_view::npos;
}

Result<void> go_on_with_document(const std::string& text, Orders& orders) {
  auto known = HEARTH_TRY(begun(orders, text, Blanks::kReadOver));
  if (known && known->ends_in_word) {
    return fail(Code::kInvalidArgument,
                "the document that the last message begins ends with white space behind a number "
                "or a part of a word, which no rule can go on from; leave that white space out",
                chat::part_context({Part::Kind::kMessages}));
  }
  if (!known && looks_like_json(text)) orders.warnings.emplace_back(kAnotherDocument);
  orders.begun = known ? std::move(known->text) : std::string();
  return {};
}

// The longest end of the text that is the beginning of a call; or none of it, where a whole call
// may follow.
Result<void> go_on_with_call(std::string_view text, Orders& orders) {
  text = text.substr(text.size() - std::min(text.size(), kBegunCallBytesMax));
  const Blanks blanks = blanks_of_calls(orders.format.calls);
  std::size_t tried = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (tried == kBegunCallsTried) at = text.size();
    auto known = HEARTH_TRY(begun(orders, text.substr(at), blanks));
    if (!known || known->ends_in_word) continue;
    ++tried;
    if (!reads_calls(orders.format, known->matcher)) continue;
    orders.begun = std::move(known->text);
    return {};
  }
  return fail(Code::kInvalidArgument,
              "no call can go on from what the last message begins: a call that it begins has its "
              "members in the order of the schema and does not end with white space behind a "
              "number or a part of a word, and behind other text some families of models write no "
              "call; change or leave out that message, or set tool_choice to \"auto\"",
              chat::part_context({Part::Kind::kToolChoice}));
}

// What the model may do by itself it is not made to do: what is no call is text.
Result<void> find_call(const std::string& text, Orders& orders) {
  if (orders.format.trigger == nullptr) return {};
  const auto found = dialogue::find_trigger(*orders.format.trigger, text, 0);
  const std::size_t rest = found ? *found + 1 : 0;
  orders.before = text.substr(std::max(rest, text.size() - std::min(text.size(), kMarkBytesMax)));
  if (!found) return {};
  const Blanks blanks = blanks_of_calls(orders.format.grammar);
  auto known = HEARTH_TRY(begun(orders, std::string_view(text).substr(*found), blanks));
  if (known && !known->ends_in_word && reads_calls(orders.format, known->matcher)) {
    orders.begun = std::move(known->text);
    orders.holds = Orders::Holds::kAfterThinking;
    return {};
  }
  orders.begun_freely = true;
  if (!reads_call_begun(orders.format)) return {};
  orders.warnings.emplace_back(kNoCall);
  orders.calls = Orders::Calls::kNone;
  orders.rule.reset();
  return {};
}

}  // namespace

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
