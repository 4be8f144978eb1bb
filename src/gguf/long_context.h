// How many tokens a model can attend to beyond those it was first trained on: what its file says of
// its rotary embedding, or what its makers say of models whose files leave that open.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gguf/model_facts.h"

namespace hearth::gguf {

enum class LongContextSource : std::uint8_t {
  kFile,   // it stands in the file, and llama.cpp does it
  kMakers  // it stands on the model's page, and nothing in the file switches it on
};

struct LongContext {
  std::uint32_t tokens = 0;
  std::uint32_t original = 0;  // tokens that it stretches from
  double factor = 1.0;
  std::string method;  // linear, yarn, longrope
  LongContextSource source = LongContextSource::kFile;

  bool operator==(const LongContext&) const = default;
};

// Nothing for a model that stretches no context.
std::optional<LongContext> long_context_of(const ModelFacts& facts);

}  // namespace hearth::gguf
