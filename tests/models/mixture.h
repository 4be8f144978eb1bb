// Which type each tensor of a file gets: the whole-file types that people choose, with the same
// exceptions that llama-quantize of v0.5.0 makes for dense models.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "gguf/types.h"
#include "shape.h"

namespace hearth::models {

enum class FileType : std::uint32_t { kF32 = 0, kF16 = 1, kQ4_0 = 2, kQ8_0 = 7, kQ4_K_M = 15 };

// "f32", "f16", "q4_0", "q8_0", "q4_k_m".
std::optional<FileType> find_file_type(std::string_view name);

// One type per tensor, in their order.
std::vector<gguf::TensorType> choose_types(const std::vector<PlannedTensor>& tensors,
                                           FileType file_type, std::uint32_t layers);

}  // namespace hearth::models
