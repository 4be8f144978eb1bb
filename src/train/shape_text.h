// A shape as JSON says it, checked: what is read here can be built, trained and loaded.
//
//   {"family": "llama", "layers": 8, "width": 256, "heads": 8, "kv_heads": 4, "head_width": 32,
//    "hidden": 768, "context": 2048, "vocabulary": 4096}
//
// and, where they differ from Shape's own: "rope_base", "norm_epsilon", "tied".
//
// Threads: pure.
// Errors:  kInvalidArgument, which names the field.
// Limits:  the constants below.
#pragma once

#include "base/result.h"
#include "json/node.h"
#include "train/shape.h"

namespace hearth::train {

inline constexpr std::uint32_t kLayersMax = 128;
inline constexpr std::uint32_t kWidthStep = 32;  // quantised rows are whole blocks of it
inline constexpr std::uint32_t kWidthMax = 8192;
inline constexpr std::uint32_t kHeadsMax = 128;
inline constexpr std::uint32_t kHeadWidthMin = 8;
inline constexpr std::uint32_t kHeadWidthMax = 256;
inline constexpr std::uint32_t kHiddenMax = 32768;
inline constexpr std::uint32_t kContextMin = 16;
inline constexpr std::uint32_t kContextMax = 1U << 20;

Result<Shape> read_shape(const json::Node& node);

}  // namespace hearth::train
