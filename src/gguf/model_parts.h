// The three readings that together make ModelFacts; of this room only. Each fills its part of
// the facts and checks it.
//
// Threads: pure.
// Errors: as ModelFacts::from.
#pragma once

#include "base/result.h"
#include "gguf/metadata_reader.h"
#include "gguf/model_facts.h"

namespace hearth::gguf {

// Layers, widths, heads, experts, rotary embedding: what llama.cpp asserts about them.
Result<void> read_geometry(const MetadataReader& reader, ModelFacts& facts);
// The vocabulary and its special tokens.
Result<void> read_tokenizer(const MetadataReader& reader, ModelFacts& facts);
// The tensors against the two above. REQUIRES: both were read.
Result<void> check_tensors(const File& file, const MetadataReader& reader, const ModelFacts& facts);

}  // namespace hearth::gguf
