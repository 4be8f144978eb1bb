// A model before it has learned anything: its file, with random weights, as llama.cpp and the
// trainer read it.
//
// Threads: pure but for the file.
// Errors:  kUnavailable when the file cannot be written; nothing is left behind then.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "train/shape.h"
#include "train/vocabulary/vocabulary.h"

namespace hearth::train {

struct SeedModel {
  Shape shape;
  Vocabulary vocabulary;
  std::uint64_t seed = 1;
  std::string chat_template;  // none when empty
  // What the file says of itself; what is empty is left out.
  std::string name;
  std::string author;
  std::string licence;
  std::string description;
};

// Returns how many parameters it has.
// REQUIRES: a shape that read_shape() would give, of this vocabulary.
Result<std::uint64_t> write_seed_model(const SeedModel& model, const std::string& path);

}  // namespace hearth::train
