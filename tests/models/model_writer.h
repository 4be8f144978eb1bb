// Writes a model file of a shape with random weights. The file appears whole or not at all.
//
// Threads: confined to the caller.
// Errors: kResourceExhausted when the disk is full, with the partial file removed.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "mixture.h"
#include "shape.h"

namespace hearth::models {

struct Order {
  const Shape* shape = nullptr;
  FileType file_type = FileType::kF16;
  std::string vocabulary_path;  // empty: the small one
  std::string out_path;
  std::uint64_t seed = 1;
  std::string chat_template = {};  // with a vocabulary of a file; empty: what it has, or ChatML
};

// Returns the bytes written.
Result<std::uint64_t> write_model(const Order& order);

}  // namespace hearth::models
