// One line on the user's screen that tells how far something long is: on a terminal it is drawn
// anew, elsewhere it is a line now and then. Results are not its matter.
//
// Ownership: borrows the console.
// Threads:   confined to the main thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/console.h"
#include "cli/progress_line.h"
#include "config/home.h"

namespace hearth::cli {

// kSilent: somebody else shows it.
enum class DisplayStyle : std::uint8_t { kSilent, kLines, kBar, kColouredBar };

// A bar where the notices go to a terminal that can draw one; coloured unless NO_COLOR is set.
DisplayStyle display_style(const Console& console, const config::Environment& environment);

class StatusLine {
 public:
  StatusLine(Console& console, DisplayStyle style) : console_(console), style_(style) {}

  bool has_bar() const { return style_ >= DisplayStyle::kBar; }
  bool is_silent() const { return style_ == DisplayStyle::kSilent; }
  // Whether it is time to tell again: often for a bar, seldom for lines.
  bool is_due() const;
  // Of a bar; behind the last column some terminals begin a new line.
  std::size_t columns() const { return console_.notice_columns() - 1; }
  // REQUIRES: has_bar().
  void draw(const ProgressLine& line);
  // REQUIRES: not has_bar().
  void tell(std::string_view text);
  // A line of its own; a bar that was there has to be drawn again, and whether is the result.
  bool say(std::string_view text);
  // The bar goes away.
  void clear();

 private:
  Console& console_;
  DisplayStyle style_;
  std::optional<double> told_;  // when, in seconds
  bool is_drawn_ = false;
};

// Of a clock that is never set.
double seconds_now();

}  // namespace hearth::cli
