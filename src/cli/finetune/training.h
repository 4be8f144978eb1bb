// The trainer as a child of ours: started, listened to, and stopped when the user wants it. It
// gives up its rights by itself, and dies with us.
//
// Threads: confined to the main thread.
// Errors:  when it cannot be started; how it ended is a value.
// Limits:  kTrainerLineBytesMax; what is longer is not heard.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/finetune/training_event.h"
#include "cli/interrupt.h"
#include "process/child.h"

namespace hearth::cli::finetune {

inline constexpr std::size_t kTrainerLineBytesMax = 64 * 1024;

struct TrainingEars {
  // With the line it stands on.
  std::function<void(const TrainingEvent& event, std::string_view line)> on_event;
  // What it writes beside events.
  std::function<void(std::string_view line)> on_words;
  // The user has asked to stop; the trainer goes to a checkpoint.
  std::function<void()> on_stopping;
  // Nobody listens any more: the trainer is stopped as if the user had asked.
  std::function<bool()> is_alone;
};

struct TrainingEnd {
  process::ExitStatus status;
  bool was_stopped = false;  // by the user
};

// Returns when it has ended. Ctrl-C stops it after a checkpoint, a second one at once.
Result<TrainingEnd> run_training(const std::string& runner, const std::string& job,
                                 Interrupt& interrupt, const TrainingEars& ears);

}  // namespace hearth::cli::finetune
