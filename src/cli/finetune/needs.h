// What a training takes of memory and of the disk, told before it starts.
//
// It counts what the trainer keeps (docs/formats/training.md, src/train/): four rows of floats, the
// operands of products, what a step remembers for its way back, the model file at the end; and on
// disk the checkpoints, the lessons, and the model.
//
// Errors:  kResourceExhausted with what is needed, what there is, and what takes less.
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/finetune/wishes.h"
#include "config/runners.h"
#include "gguf/model_facts.h"

namespace hearth::cli::finetune {

struct Needs {
  std::uint64_t memory_bytes = 0;
  std::uint64_t disk_bytes = 0;  // of the work folder
  std::uint64_t out_bytes = 0;   // of the model at the end
};

Needs needs_of(const gguf::ModelFacts& facts, const Wishes& wishes, std::uint64_t data_bytes,
               const config::Cpu& cpu);

// `available_bytes` 0 is unknown, and passes.
Result<void> check_memory(const Needs& needs, std::uint64_t available_bytes);
// `used_bytes` are already in the folder, and used again.
Result<void> check_disk(const Needs& needs, std::uint64_t free_bytes, std::uint64_t used_bytes,
                        const std::string& folder);

}  // namespace hearth::cli::finetune
