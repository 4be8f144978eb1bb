#include "cli/finetune/progress_display.h"

#include <chrono>
#include <string>

namespace hearth::cli::finetune {

namespace {

using Kind = TrainingEvent::Kind;

constexpr double kSecondsBetweenDrawings = 0.1;
constexpr double kSecondsBetweenLines = 30;
constexpr std::string_view kClearLine = "\r\x1B[K";
constexpr std::string_view kColour = "\x1B[36m";
constexpr std::string_view kUsualColour = "\x1B[39m";

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

DisplayStyle display_style(const Console& console, const config::Environment& environment) {
  const std::string terminal = environment("TERM").value_or("");
  if (!console.notices_are_terminal() || terminal.empty() || terminal == "dumb")
    return DisplayStyle::kLines;
  const bool plain = !environment("NO_COLOR").value_or("").empty();
  return plain ? DisplayStyle::kBar : DisplayStyle::kColouredBar;
}

void ProgressDisplay::take(const TrainingEvent& event) {
  const double now = seconds_now();
  progress_.take(event, now);
  if (style_ == DisplayStyle::kSilent) return;
  // In a log, a stage that is quickly over is worth no line; a first step is.
  const bool is_first_step = event.kind == Kind::kStep && !has_shown_step_;
  if (!drawn_ && !has_bar()) drawn_ = now;
  const double pause = has_bar() ? kSecondsBetweenDrawings : kSecondsBetweenLines;
  if (drawn_ && now - *drawn_ < pause && !is_first_step) return;
  has_shown_step_ = has_shown_step_ || is_first_step;
  drawn_ = now;
  draw();
}

void ProgressDisplay::draw() {
  if (!has_bar()) {
    console_.notice(progress_.plain());
    return;
  }
  // Behind the last column some terminals begin a new line.
  const ProgressLine line = progress_.line(console_.notice_columns() - 1);
  const bool coloured = style_ == DisplayStyle::kColouredBar && !line.bar.empty();
  std::string text(kClearLine);
  text += line.head;
  if (coloured) text += kColour;
  text += line.bar;
  if (coloured) text += kUsualColour;
  console_.notice_raw(text + line.tail);
  is_drawn_ = true;
}

void ProgressDisplay::clear() {
  if (is_drawn_) console_.notice_raw(kClearLine);
  is_drawn_ = false;
}

void ProgressDisplay::say(std::string_view text) {
  if (style_ == DisplayStyle::kSilent) return;
  const bool was_drawn = is_drawn_;
  clear();
  console_.notice(text);
  if (was_drawn) draw();
}

void ProgressDisplay::finish() {
  clear();
}

}  // namespace hearth::cli::finetune
