// What a model has beside its weights, and what was made of them alone has not.
//
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "store/model_file.h"

namespace hearth::cli::quantize {

// "the adapter /models/blobs/sha256-…", "a system message"; empty for weights alone.
std::vector<std::string> left_out_of(const store::ModelFile& model);

// The sentence that says so, and how the new model gets it.
std::string left_out_text(const std::vector<std::string>& left_out, const std::string& source,
                          const std::string& made);

}  // namespace hearth::cli::quantize
