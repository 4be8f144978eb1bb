#include "cli/finetune/progress_display.h"

namespace hearth::cli::finetune {

namespace {

using Kind = TrainingEvent::Kind;

// In a log, a stage that is quickly over is worth no line; a first step is.
constexpr double kSecondsBeforeALine = 30;

}  // namespace

void ProgressDisplay::take(const TrainingEvent& event) {
  const double now = seconds_now();
  progress_.take(event, now);
  if (!began_) began_ = now;
  const bool is_first_step = event.kind == Kind::kStep && !has_shown_step_;
  const bool too_early = !line_.has_bar() && now - *began_ < kSecondsBeforeALine;
  if (line_.is_silent() || ((too_early || !line_.is_due()) && !is_first_step)) return;
  has_shown_step_ = has_shown_step_ || is_first_step;
  draw();
}

void ProgressDisplay::draw() {
  if (line_.has_bar()) {
    line_.draw(progress_.line(line_.columns()));
  } else {
    line_.tell(progress_.plain());
  }
}

void ProgressDisplay::say(std::string_view text) {
  if (line_.say(text)) draw();
}

}  // namespace hearth::cli::finetune
