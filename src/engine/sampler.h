// The chain of samplers for one request.
//
// Threads: confined to the engine's thread.
#pragma once

#include <cstdint>

#include "chat/request.h"
#include "engine/model.h"

namespace hearth::engine {

LlamaSampler make_sampler(const Model& model, const chat::Sampling& sampling, std::uint64_t seed);

}  // namespace hearth::engine
