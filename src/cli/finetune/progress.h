// How far a training is, as people want to know it: what it does, the share that is done, loss,
// speed, time left. Events and seconds in, text out; it draws nothing.
//
// Threads: thread-compatible.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/finetune/training_event.h"
#include "cli/progress_line.h"

namespace hearth::cli::finetune {

class Progress {
 public:
  // `now` counts seconds from whenever.
  void take(const TrainingEvent& event, double now);

  // Never wider than `columns`: the bar gives way first, then what stands at the end.
  ProgressLine line(std::size_t columns) const;
  // The same without a bar, for a log.
  std::string plain() const;

  const std::optional<TrainingEvent>& last_step() const { return last_; }
  // Of this run.
  std::optional<double> first_loss() const { return first_loss_; }
  std::optional<double> seconds_left() const;

 private:
  std::vector<std::string> figures() const;
  std::string stage() const;

  TrainingEvent::Kind stage_ = TrainingEvent::Kind::kUnknown;
  std::uint64_t conversations_ = 0;
  std::optional<double> first_loss_;
  std::optional<double> validation_loss_;
  std::optional<TrainingEvent> last_;
  // Where and when this run began.
  double first_done_ = 0;
  double first_seconds_ = 0;
  double now_ = 0;
};

}  // namespace hearth::cli::finetune
