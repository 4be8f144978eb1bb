// The model that a training begins with: found by name or path, and such that the trainer could
// learn with it. What the trainer alone can see, it says itself.
//
// Errors:  kNotFound; kCorrupt; kInvalidArgument for a model that cannot be trained here, with
//          what it is and what could.
// Limits:  kParametersMax.
// Threads: pure, but for reading the file's header; a built-in model is read whole.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "gguf/model_facts.h"
#include "store/catalog.h"

namespace hearth::cli::finetune {

// Above it a step of a CPU takes minutes, and memory and disk tens of GiB. What is called 0.5B or
// 0.6B lies below, with its embeddings.
inline constexpr std::uint64_t kParametersMax = 800'000'000;

struct BaseModel {
  store::ModelFile file;
  gguf::ModelFacts facts;
};

Result<BaseModel> find_base(const std::string& word, const store::Catalog& catalog);
Result<void> check_trainable(const gguf::ModelFacts& facts, const std::string& name);

// Whether its weights are rounded, so that training begins a little beside what the model was.
bool is_quantised(const gguf::ModelFacts& facts);
// "494.0 million", "7.1 million", "820 thousand".
std::string count_text(std::uint64_t parameters);

}  // namespace hearth::cli::finetune
