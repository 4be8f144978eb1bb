// One line of what the trainer tells (docs/formats/training.md). What is not known is passed over:
// the trainer may learn to tell more.
//
// Errors:  kInvalidArgument for a line that is no event.
// Threads: a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::cli::finetune {

struct TrainingEvent {
  enum class Kind : std::uint8_t {
    kUnknown,
    kReading,
    kStarted,
    kStep,
    kCheckpoint,
    kStopped,
    kFinished,
    kFailed,
  };
  Kind kind = Kind::kUnknown;
  std::uint64_t step = 0;
  // Of kReading and kStarted.
  std::uint64_t conversations = 0;
  std::uint64_t parameters = 0;
  std::uint64_t lessons = 0;
  std::uint64_t validation_lessons = 0;
  std::uint64_t cut = 0;
  // Of kStarted in one round; of kStep and kFinished that were learned.
  std::uint64_t tokens = 0;
  // Of kStep and kFinished.
  double seconds = 0;
  double loss = 0;
  std::optional<double> validation_loss;
  double done = 0;  // 0 to 1
  double tokens_per_second = 0;
  // Of kStopped "signal" or "leg"; of kFailed the message, and its code.
  std::string why;
  std::string code;
};

Result<TrainingEvent> parse_training_event(std::string_view line);

}  // namespace hearth::cli::finetune
