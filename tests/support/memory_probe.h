// How much memory a model was said to need, and how much its runner then held with a full context.
//
// Errors: those of the model's file, of its load, and of what fills it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "gguf/memory_estimate.h"

namespace hearth::testing {

struct HeldMemory {
  std::uint32_t context = 0;
  gguf::MemoryEstimate estimate;
  std::uint64_t loaded_bytes = 0;  // before anybody asked it
  std::uint64_t used_bytes = 0;    // after a prompt that filled its context

  // 0.03 is 3 % more than there was.
  double error() const;
};

Result<HeldMemory> probe_memory(const std::string& path, std::uint32_t context);

}  // namespace hearth::testing
