// A token's number, without llama.cpp: what decides about tokens need not know who computes them.
#pragma once

#include <cstdint>

namespace hearth::engine {

using Token = std::int32_t;

}  // namespace hearth::engine
