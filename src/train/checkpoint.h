// What a training leaves on disk so that it goes on exactly where it was: weights, the optimiser's
// means and squares, and its place in the data. The format: docs/formats/training.md.
//
// A new one is written beside the old one and takes its name when it is whole; the one before is
// kept as FILE.previous, and is read where the newest cannot be.
//
// Threads: confined to the caller.
// Errors:  kNotFound when there is none; kInvalidArgument when it is of another job; kCorrupt.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "train/lesson/lesson_order.h"

namespace hearth::train {

// Where a training stands.
struct TrainState {
  std::uint64_t step = 0;    // steps done
  std::uint64_t tokens = 0;  // read
  double seconds = 0;        // spent on steps
  LessonPosition position;   // of the next lesson
};

// The long rows of numbers of a checkpoint, each as long as the weights.
struct TrainNumbers {
  std::span<float> weights;
  std::span<float> means;
  std::span<float> squares;
};

class CheckpointFile {
 public:
  // `job` tells trainings apart that cannot go on from each other's checkpoints.
  CheckpointFile(std::string path, std::uint64_t job) : path_(std::move(path)), job_(job) {}

  Result<void> save(const TrainState& state, const TrainNumbers& numbers) const;
  Result<TrainState> load(const TrainNumbers& numbers) const;
  // Gives the newest another name, for whoever wants to go on from there; to be saved anew.
  Result<void> keep(const std::string& suffix) const;

 private:
  Result<TrainState> load_file(const std::string& path, const TrainNumbers& numbers) const;

  std::string path_;
  std::uint64_t job_;
};

}  // namespace hearth::train
