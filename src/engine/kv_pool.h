// The KV pool of one llama context: who holds which cells. It knows sequences by their slots and
// decides nothing.
//
// Threads:    confined to the engine's thread.
// Invariants: the spare slot, through which spans pass, holds nothing between two calls.
// Errors:     what llama.cpp refuses, or throws at, is told by the result; the slot then holds what
//             it held before.
#pragma once

#include <cstddef>

#include "engine/llama_handles.h"
#include "engine/prefix/tree.h"

namespace hearth::engine {

class KvPool {
 public:
  KvPool() = default;
  KvPool(llama_context* context, llama_seq_id spare);

  // The first `tokens` of one are also those of the other, which held none.
  void share(llama_seq_id from, llama_seq_id to, std::size_t tokens);
  prefix::State save(llama_seq_id slot, std::size_t first, std::size_t count);
  // Extends what the slot holds by what the piece has beyond it; false when it cannot.
  bool restore(llama_seq_id slot, const prefix::Piece& piece, std::size_t held);
  // Keeps the first `tokens`; false when this kind of memory cannot be cut there, and the slot
  // then holds nothing.
  bool cut(llama_seq_id slot, std::size_t tokens);
  void clear(llama_seq_id slot);
  // Gives the slot cells that nobody else holds, for its first `tokens`; false when there are not
  // enough, and the slot then holds nothing.
  bool make_own(llama_seq_id slot, std::size_t tokens);
  // Takes `count` tokens out and moves those behind them up; false when this kind of memory
  // cannot, and what the slot then holds is of no use.
  bool move_up(llama_seq_id slot, std::size_t first, std::size_t count);

 private:
  bool read_into(llama_seq_id slot, const std::string& state);

  llama_context* context_ = nullptr;
  llama_memory_t memory_ = nullptr;
  llama_seq_id spare_ = 0;
};

// Why the beginnings of prompts cannot be shared with this model; empty when they can.
const char* why_no_prefixes(const llama_model* model);

}  // namespace hearth::engine
