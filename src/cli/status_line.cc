#include "cli/status_line.h"

#include <chrono>
#include <string>

namespace hearth::cli {

namespace {

constexpr double kSecondsBetweenDrawings = 0.1;
constexpr double kSecondsBetweenLines = 30;
constexpr std::string_view kClearLine = "\r\x1B[K";
constexpr std::string_view kColour = "\x1B[36m";
constexpr std::string_view kUsualColour = "\x1B[39m";

}  // namespace

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

DisplayStyle display_style(const Console& console, const config::Environment& environment) {
  const std::string terminal = environment("TERM").value_or("");
  if (!console.notices_are_terminal() || terminal.empty() || terminal == "dumb")
    return DisplayStyle::kLines;
  const bool plain = !environment("NO_COLOR").value_or("").empty();
  return plain ? DisplayStyle::kBar : DisplayStyle::kColouredBar;
}

bool StatusLine::is_due() const {
  if (is_silent()) return false;
  const double pause = has_bar() ? kSecondsBetweenDrawings : kSecondsBetweenLines;
  return !told_ || seconds_now() - *told_ >= pause;
}

void StatusLine::draw(const ProgressLine& line) {
  told_ = seconds_now();
  const bool coloured = style_ == DisplayStyle::kColouredBar && !line.bar.empty();
  std::string text(kClearLine);
  text += line.head;
  if (coloured) text += kColour;
  text += line.bar;
  if (coloured) text += kUsualColour;
  console_.notice_raw(text + line.tail);
  is_drawn_ = true;
}

void StatusLine::tell(std::string_view text) {
  told_ = seconds_now();
  console_.notice(text);
}

bool StatusLine::say(std::string_view text) {
  if (is_silent()) return false;
  const bool was_drawn = is_drawn_;
  clear();
  console_.notice(text);
  return was_drawn;
}

void StatusLine::clear() {
  if (is_drawn_) console_.notice_raw(kClearLine);
  is_drawn_ = false;
}

}  // namespace hearth::cli
