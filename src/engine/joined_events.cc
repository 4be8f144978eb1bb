#include "engine/joined_events.h"

#include <iterator>
#include <utility>

namespace hearth::engine {

namespace {

bool join_texts(std::string& first, const std::string& next) {
  if (first.size() + next.size() > kJoinedBytesMax) return false;
  first += next;
  return true;
}

bool join_pieces(chat::TextDelta& first, chat::TextDelta& next) {
  if (!join_texts(first.text, next.text)) return false;
  first.tokens += next.tokens;
  first.logprobs.insert(first.logprobs.end(), std::make_move_iterator(next.logprobs.begin()),
                        std::make_move_iterator(next.logprobs.end()));
  return true;
}

bool join_pieces(chat::ThinkingDelta& first, chat::ThinkingDelta& next) {
  if (!join_texts(first.text, next.text)) return false;
  first.tokens += next.tokens;
  return true;
}

bool join_pieces(chat::ToolCallDelta& first, chat::ToolCallDelta& next) {
  const bool begins = !next.id.empty() || !next.name.empty();
  if (begins || first.index != next.index || !join_texts(first.arguments, next.arguments))
    return false;
  first.tokens += next.tokens;
  return true;
}

template <typename Piece>
bool join_both(chat::Event& first, chat::Event& next) {
  auto* const one = std::get_if<Piece>(&first);
  auto* const other = std::get_if<Piece>(&next);
  return one != nullptr && other != nullptr && join_pieces(*one, *other);
}

}  // namespace

bool is_piece(const chat::Event& event) {
  return std::holds_alternative<chat::TextDelta>(event) ||
         std::holds_alternative<chat::ThinkingDelta>(event) ||
         std::holds_alternative<chat::ToolCallDelta>(event);
}

bool join(chat::Event& first, chat::Event& next) {
  return join_both<chat::TextDelta>(first, next) || join_both<chat::ThinkingDelta>(first, next) ||
         join_both<chat::ToolCallDelta>(first, next);
}

}  // namespace hearth::engine
