// How an engine is set up: what its runner was told when it was started and with the load.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <string>

#include "engine/compute_permit.h"
#include "engine/schedule.h"
#include "engine/thread_wish.h"

namespace hearth::engine {

struct EngineOptions {
  std::uint32_t context = 0;    // of one request, at most the model's own; 0 is the model's own
  std::uint32_t kv_tokens = 0;  // of all together; 0 is context
  std::uint32_t threads = 0;    // 0 is what this process may use
  std::uint32_t sequences_max = 8;
  Pace pace;
  std::int32_t gpu_layers = -1;  // that the model was loaded with
  std::string cache_folder;      // the only one it may write; empty is none
  // Of beginnings of prompts that nobody uses; 0 keeps none.
  std::uint64_t prefix_memory_bytes = 0;
  std::uint64_t prefix_file_bytes = 0;
  bool trace = false;         // the scheduler's decisions are written to the cache folder
  std::string chat_template;  // in place of the model's own; empty is its own
  const ThreadWish* thread_wish = nullptr;  // outlives the engine; null: all of them compute
  ComputePermit* permit = nullptr;          // outlives the engine; null: it may always compute
};

}  // namespace hearth::engine
