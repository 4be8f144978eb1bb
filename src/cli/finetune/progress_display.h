// A training on the user's screen. Results are not its matter.
//
// Ownership: borrows the console.
// Threads:   confined to the main thread.
#pragma once

#include <string_view>

#include "cli/finetune/progress.h"
#include "cli/status_line.h"

namespace hearth::cli::finetune {

class ProgressDisplay {
 public:
  ProgressDisplay(Console& console, DisplayStyle style) : line_(console, style) {}

  void take(const TrainingEvent& event);
  // A line of its own, with the bar below it.
  void say(std::string_view text);
  // The bar goes away.
  void finish() { line_.clear(); }

  const Progress& progress() const { return progress_; }

 private:
  void draw();

  StatusLine line_;
  Progress progress_;
  std::optional<double> began_;
  bool has_shown_step_ = false;
};

}  // namespace hearth::cli::finetune
