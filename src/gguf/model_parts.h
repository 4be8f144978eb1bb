// The readings that together make ModelFacts; of this room only. Each fills its part of the facts
// and checks it.
//
// Threads: pure.
// Errors: as ModelFacts::from.
#pragma once

#include <span>

#include "base/result.h"
#include "gguf/metadata_reader.h"
#include "gguf/model_facts.h"

namespace hearth::gguf {

// Layers, widths, heads, experts, rotary embedding: what llama.cpp asserts about them.
Result<void> read_geometry(const MetadataReader& reader, ModelFacts& facts);
// The vocabulary and its special tokens.
Result<void> read_tokenizer(const MetadataReader& reader, ModelFacts& facts);
// The tensors of all files of a model against the two above. REQUIRES: both were read.
Result<void> check_tensors(std::span<const File> files, const MetadataReader& reader,
                           const ModelFacts& facts);
// Which part of how many the first file is.
Result<void> read_split(const File& file, ModelFacts& facts);
// That the files are the parts of one divided model, complete and in order. REQUIRES: read_split
// was called with the first.
Result<void> check_parts(std::span<const File> files, const ModelFacts& facts);

}  // namespace hearth::gguf
