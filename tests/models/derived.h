// Files made out of a model file: the parts it can be divided into, and adapters for it.
//
// Threads: pure but for the files.
// Errors:  what reading and writing may meet.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace hearth::models {

// FOLDER/NAME-00001-of-0000N.gguf and so on, as llama.cpp's llama-gguf-split would: the tensors in
// their order, about the same number in each. Returns the paths.
Result<std::vector<std::string>> divide_model(const std::string& path, const std::string& folder,
                                              std::uint16_t parts);

// A LoRA of rank 1 on the attention's output of every layer, with random weights and this factor
// before them. REQUIRES: it is not 0.
Result<void> write_adapter(const std::string& model_path, const std::string& out, float factor);

}  // namespace hearth::models
