#include "dialogue/deltas.h"

#include <utility>

namespace hearth::dialogue {

void Deltas::text(std::string_view piece) {
  if (piece.empty()) return;
  if (events_.empty() || !std::holds_alternative<chat::TextDelta>(events_.back()))
    events_.emplace_back(chat::TextDelta{.text = {}, .tokens = 0});
  std::get<chat::TextDelta>(events_.back()).text += piece;
}

void Deltas::thinking(std::string_view piece) {
  if (piece.empty()) return;
  if (events_.empty() || !std::holds_alternative<chat::ThinkingDelta>(events_.back()))
    events_.emplace_back(chat::ThinkingDelta{.text = {}, .tokens = 0});
  std::get<chat::ThinkingDelta>(events_.back()).text += piece;
}

void Deltas::call(chat::ToolCallDelta piece) {
  piece.tokens = 0;
  auto* last = events_.empty() ? nullptr : std::get_if<chat::ToolCallDelta>(&events_.back());
  if (last != nullptr && last->index == piece.index) {
    last->arguments += piece.arguments;
  } else {
    events_.emplace_back(std::move(piece));
  }
}

void Deltas::warn(std::string text) {
  events_.emplace_back(chat::Warning{std::move(text)});
}

std::vector<chat::Event> Deltas::take() {
  return std::exchange(events_, {});
}

}  // namespace hearth::dialogue
