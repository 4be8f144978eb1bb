#include "cli/answer_display.h"

#include <algorithm>

namespace hearth::cli {

namespace {

constexpr std::string_view kDim = "\x1B[2m";
constexpr std::string_view kNormal = "\x1B[22m";
constexpr std::string_view kSpaces = " \t\r\n";

}  // namespace

void AnswerDisplay::add(const AnswerPart& part) {
  if (part.kind == AnswerPart::Kind::kThinking) {
    if (console_.output_is_terminal()) show_thinking(part.text);
    return;
  }
  end_thinking();
  write(part.text);
}

// Many models begin with an empty thought, which is nothing to see.
void AnswerDisplay::show_thinking(std::string_view text) {
  if (!thinking_) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
    if (text.empty()) return;
    thinking_ = true;
    console_.print_raw(kDim);
  }
  write(text);
}

void AnswerDisplay::end_thinking() {
  if (!thinking_) return;
  thinking_ = false;
  console_.end_stream();
  console_.print_raw(kNormal);
  console_.print_raw(open_line_ ? "\n\n" : "\n");
  open_line_ = false;
}

void AnswerDisplay::write(std::string_view text) {
  console_.stream(text);
  if (!text.empty()) open_line_ = !text.ends_with('\n');
}

void AnswerDisplay::finish() {
  end_thinking();
  console_.end_stream();
  if (open_line_) console_.print("\n");
  open_line_ = false;
}

}  // namespace hearth::cli
