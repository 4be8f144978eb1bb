// What one training has to do, as it stands in a job file (JSON). Every field but the first three
// has a default. docs/formats/training.md describes them.
//
// Threads: a value.
// Errors:  kInvalidArgument for a field that is wrong or not known, by its name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/matrix/kernel.h"
#include "train/model_file.h"
#include "train/network/pair_loss.h"

namespace hearth::train {

// What the lines of the data are: conversations to go on with, or pairs of texts that belong
// together.
enum class LessonKind : std::uint8_t { kChats, kPairs };

struct Job {
  std::string model;              // the GGUF file to begin with
  std::vector<std::string> data;  // files of conversations or pairs, one a line
  std::string out;                // the GGUF file at the end

  LessonKind lesson = LessonKind::kChats;
  double temperature = kPairTemperature;  // of the likeness of pairs

  std::vector<std::string> validation;  // files of lessons that are not learned
  double validation_share = 0.01;       // of the data, where there are no such files
  OutType out_type = OutType::kF16;
  std::string work;  // folder of what is kept in between; OUT.work when empty

  // How long all legs together train: whatever is given first reached. Three rounds of the data
  // when nothing is.
  std::optional<std::uint64_t> steps;
  std::optional<double> epochs;
  std::optional<double> minutes;
  // How long this leg may take; then it leaves a checkpoint and ends.
  std::optional<double> leg_minutes;

  std::uint32_t batch_tokens = 4096;     // of a step, at most; one lesson at least
  std::uint32_t context = 0;             // tokens of a conversation or text; 0 is the model's
  std::optional<double> learning_rate;   // by the size of the model when there is none
  double min_learning_rate_share = 0.0;  // what is left of it at the end
  std::uint64_t warmup_steps = 200;
  double decay_share = 0.25;  // the last part of the training, in which the rate falls
  double weight_decay = 0.05;
  double clip = 1.0;  // the largest norm of a gradient
  std::uint64_t seed = 1;
  std::uint32_t threads = 0;  // 0 is as many as there are cores
  double checkpoint_minutes = 5;
  std::uint64_t validate_every = 500;  // steps; 0 is only at the end
  Precision precision = Precision::kBf16;
};

Result<Job> read_job(std::string_view json);

}  // namespace hearth::train
