#include "dialogue/mark_reader.h"

#include "dialogue/text_edges.h"

namespace hearth::dialogue {

MarkReader::MarkReader(const AnswerFormat& format)
    : begin_mark_(format.thinking_begin), end_mark_(format.thinking_end) {
  const bool can_end = !end_mark_.empty();
  if (can_end && format.thinking_begun) {
    state_ = State::kThinkingBegins;
  } else {
    state_ = can_end && !begin_mark_.empty() ? State::kBegins : State::kText;
  }
}

bool MarkReader::begin() {
  const std::size_t space = begin_without_space(held_);
  const std::string_view rest = std::string_view(held_).substr(space);
  if (rest.starts_with(begin_mark_)) {
    held_.erase(0, space + begin_mark_.size());
    state_ = State::kThinkingBegins;
    return true;
  }
  if (begin_mark_.starts_with(rest)) return false;
  state_ = State::kText;
  return true;
}

bool MarkReader::drop_space(State next) {
  held_.erase(0, begin_without_space(held_));
  if (held_.empty()) return false;
  state_ = next;
  return true;
}

bool MarkReader::think(Deltas& out) {
  const std::string_view held = held_;
  const std::size_t end = held.find(end_mark_, space_);
  const std::size_t known =
      end != std::string_view::npos ? end : held.size() - unfinished_at_end(held, end_mark_);
  const std::size_t said = size_without_space(held.substr(space_, known - space_));
  const std::size_t given = said == 0 ? 0 : space_ + said;
  out.thinking(held.substr(0, given));
  if (end != std::string_view::npos) {
    held_.erase(0, end + end_mark_.size());
    state_ = State::kTextBegins;
    return true;
  }
  held_.erase(0, given);
  space_ = known - given;
  return false;
}

void MarkReader::add(std::string_view text, Deltas& out) {
  if (state_ == State::kText) {
    out.text(text);
    return;
  }
  held_ += text;
  bool goes_on = true;
  while (goes_on) {
    switch (state_) {
      case State::kBegins:
        goes_on = begin();
        break;
      case State::kThinkingBegins:
        goes_on = drop_space(State::kThinks);
        break;
      case State::kThinks:
        goes_on = think(out);
        break;
      case State::kTextBegins:
        goes_on = drop_space(State::kText);
        break;
      case State::kText:
        out.text(held_);
        held_.clear();
        goes_on = false;
        break;
    }
  }
}

void MarkReader::finish(Rest rest, Deltas& out) {
  if (thinks()) {
    out.thinking(held_);
  } else if (rest != Rest::kMarks) {
    out.text(held_);
  }
  held_.clear();
}

}  // namespace hearth::dialogue
