// How much memory a model will need, guessed from its header: for lists, and for saying "this
// cannot fit" before a load.
//
// Weights and KV are what llama.cpp v0.5.0 allocates, to within a percent. Compute buffers and the
// runner's own memory are formulas fitted to what runners held once a prompt had filled their
// context; docs/fit.md has them, and docs/figures.md how near they come. Not counted: prefixes that
// are kept for later, and a copy that a backend repacks.
//
// Threads: pure.
#pragma once

#include <cstdint>

#include "gguf/model_facts.h"

namespace hearth::gguf {

enum class KvType : std::uint8_t { kF32, kF16, kQ8_0, kQ4_0 };

struct MemoryRequest {
  std::uint64_t context_tokens = 4096;  // of the whole pool
  KvType kv_type = KvType::kF16;
  std::uint32_t sequences = 1;  // that llama.cpp can tell apart; each may want a row of logits
  // Tokens in one step. An encoder takes its whole input in one: the context, for it.
  std::uint32_t step_tokens = 128;
};

// Sums stop at the largest number instead of overflowing.
struct MemoryEstimate {
  std::uint64_t weight_bytes = 0;
  // With a sliding window too the whole context is counted, which llama.cpp keeps by default.
  std::uint64_t kv_bytes = 0;
  std::uint64_t compute_bytes = 0;
  // The process itself, with the vocabulary as it is looked up.
  std::uint64_t program_bytes = 0;

  std::uint64_t total_bytes() const;
};

MemoryEstimate estimate_memory(const ModelFacts& facts, const MemoryRequest& request);

}  // namespace hearth::gguf
