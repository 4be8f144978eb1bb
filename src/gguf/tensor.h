// One tensor as the header announces it, and the reading of that list: shapes whose sizes can be
// computed, types that exist, and data that lies in the file, one after the other.
//
// Threads: Tensor is a value; the functions are pure.
// Errors: kCorrupt, naming the tensor.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "gguf/header_reader.h"
#include "gguf/limits.h"
#include "gguf/types.h"

namespace hearth::gguf {

struct Tensor {
  std::string name;
  TensorType type = TensorType::kF32;
  std::array<std::uint64_t, kMaxDimensions> dimensions = {1, 1, 1, 1};  // rows' length first
  std::uint64_t elements = 0;
  std::uint64_t bytes = 0;
  std::uint64_t offset = 0;  // within the file, once File has loaded it

  bool operator==(const Tensor&) const = default;
};

// Tensors with their offsets as written: from where the data begins.
Result<std::vector<Tensor>> read_tensors(HeaderReader& reader, std::uint64_t count);

struct DataRegion {
  std::uint64_t begin = 0;  // where tensor data begins in the file
  std::uint64_t end = 0;    // of the file
  std::uint64_t alignment = kDefaultAlignment;
};

// Checks that the data lies within the region without gaps or overlaps, as llama.cpp demands,
// and makes the offsets those within the file.
Result<void> place_tensors(std::vector<Tensor>& tensors, const DataRegion& region,
                           const HeaderReader& reader);

}  // namespace hearth::gguf
