// The chain of samplers for one request.
//
// Threads: confined to the engine's thread.
#pragma once

#include <cstdint>

#include "chat/request.h"
#include "engine/model.h"

namespace hearth::engine {

// llama.cpp draws from 32 bits and takes one value of them for "random"; a seed of 64 bits becomes
// one that is neither cut nor random. Small seeds stay what they are.
std::uint32_t fold_seed(std::uint64_t seed);

Result<LlamaSampler> make_sampler(const Model& model, const chat::Sampling& sampling,
                                  std::uint64_t seed);

}  // namespace hearth::engine
