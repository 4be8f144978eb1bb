#include "dialogue/text_frame.h"

#include "dialogue/text_edges.h"

namespace hearth::dialogue {

namespace {

std::string_view trimmed_end(std::string_view text) {
  return text.substr(0, size_without_space(text));
}

// A prompt may have begun thinking, which is not in what is told of an answer.
std::string_view without_thinking(std::string_view prompt, std::string_view begin) {
  const std::string_view bare = trimmed_end(prompt);
  if (begin.empty() || !bare.ends_with(begin)) return prompt;
  return bare.substr(0, bare.size() - begin.size());
}

}  // namespace

TextFrame find_text_frame(const FrameTraces& traces) {
  const std::string_view before = without_thinking(traces.prompt, traces.thinking_begin);
  const std::size_t at = traces.told.find(traces.answer);
  if (at == std::string_view::npos || at < before.size()) return {};
  if (!traces.told.starts_with(before)) return {};
  std::string_view begin = traces.told.substr(before.size(), at - before.size());
  const std::size_t thought = begin.rfind(traces.thinking_end);
  if (!traces.thinking_end.empty() && thought != std::string_view::npos)
    begin.remove_prefix(thought + traces.thinking_end.size());
  if (trimmed_end(begin).empty()) return {};
  TextFrame frame{.text_begin = std::string(begin), .turn_begin = {}};
  const std::string_view behind = traces.told.substr(at + traces.answer.size());
  if (!traces.thinking_end.empty() && behind.starts_with(traces.thinking_end))
    frame.turn_begin = traces.turn_begin;
  return frame;
}

}  // namespace hearth::dialogue
