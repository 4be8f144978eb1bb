// What a training tells while it runs: one JSON object a line, on standard output. Who started it
// draws the progress. The events: docs/formats/training.md.
//
// Threads: confined to the caller.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "base/error.h"
#include "train/checkpoint.h"
#include "train/curve.h"
#include "train/lesson/lesson_maker.h"

namespace hearth::train {

class Report {
 public:
  explicit Report(std::FILE* to) : to_(to) {}

  void reading(std::uint64_t conversations);
  struct Start {
    const char* kernel = "";
    std::uint64_t parameters = 0;
    std::uint64_t lessons = 0;
    std::uint64_t validation_lessons = 0;
    std::uint64_t tokens = 0;
    LessonCounts counts;
    TrainState state;
  };
  void started(const Start& start);
  // `done` is how much of the whole training is behind it, from 0 to 1.
  void step(const CurvePoint& point, double done, double tokens_per_second);
  void checkpoint(std::uint64_t step);
  // "leg" or "signal"
  void stopped(const std::string& why, std::uint64_t step);
  void finished(const std::string& out, const CurvePoint& last);
  void failed(const Error& error);

 private:
  void say(const std::string& line);

  std::FILE* to_;
};

}  // namespace hearth::train
