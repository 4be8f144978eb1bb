#include "dialogue/bare_answer.h"

#include <algorithm>

#include "base/trimmed.h"

namespace hearth::dialogue {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

// A mark in words, like "\nUser:", stands at the beginning of a line or of the text.
bool begins_with(std::string_view text, std::string_view mark) {
  return text.starts_with(mark.starts_with('\n') ? mark.substr(1) : mark);
}

// Behind the last "assistant" of a repeated prompt; or behind the first, if nothing else is there.
std::string_view without_prompt(const ModelType& type, std::string_view text) {
  if (text.starts_with(type.answer_begin)) return text.substr(type.answer_begin.size());
  const bool repeated = std::any_of(type.ends.begin(), type.ends.end(),
                                    [&](auto mark) { return begins_with(text, mark); });
  const auto at = text.rfind(type.answer_begin);
  return repeated && at != text.npos ? text.substr(at + type.answer_begin.size()) : text;
}

// The prompt may have begun the thinking, so that only its end is here.
std::string_view without_thinking(const ModelType& type, std::string_view text) {
  const auto begin = text.find(type.thinking_begin);
  const auto end = text.find(type.thinking_end);
  const bool begun = base::trimmed(text.substr(0, begin), kSpace).empty() && begin != text.npos;
  if (end == text.npos) return begun ? std::string_view() : text;
  return begun || end < begin ? text.substr(end + type.thinking_end.size()) : text;
}

}  // namespace

std::string_view bare_answer(const ModelType& type, std::string_view raw) {
  const auto text = without_thinking(type, without_prompt(type, base::trimmed(raw, kSpace)));
  auto end = text.size();
  for (const auto mark : type.ends)
    end = std::min(end, text.find(mark));
  return base::trimmed(text.substr(0, end), kSpace);
}

}  // namespace hearth::dialogue
