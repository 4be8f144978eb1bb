// A training on the user's screen: on a terminal one line that is drawn anew, elsewhere a line now
// and then. Results are not its matter.
//
// Ownership: borrows the console.
// Threads:   confined to the main thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/console.h"
#include "cli/finetune/progress.h"
#include "config/home.h"

namespace hearth::cli::finetune {

// kSilent: somebody else shows it.
enum class DisplayStyle : std::uint8_t { kSilent, kLines, kBar, kColouredBar };

// A bar where the notices go to a terminal that can draw one; coloured unless NO_COLOR is set.
DisplayStyle display_style(const Console& console, const config::Environment& environment);

class ProgressDisplay {
 public:
  ProgressDisplay(Console& console, DisplayStyle style) : console_(console), style_(style) {}

  void take(const TrainingEvent& event);
  // A line of its own, with the bar below it.
  void say(std::string_view text);
  // The bar goes away.
  void finish();

  const Progress& progress() const { return progress_; }

 private:
  bool has_bar() const { return style_ >= DisplayStyle::kBar; }
  void draw();
  void clear();

  Console& console_;
  DisplayStyle style_;
  Progress progress_;
  std::optional<double> drawn_;  // when, in seconds
  bool is_drawn_ = false;
  bool has_shown_step_ = false;
};

}  // namespace hearth::cli::finetune
