// What a model is for, as far as its file tells.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "gguf/model_facts.h"

namespace hearth::gguf {

enum class ModelKind : std::uint8_t {
  kChat,       // answers conversations: it brings a template
  kText,       // goes on with a text
  kEmbedding,  // makes vectors of texts
  kReranker    // judges pairs of texts
};

ModelKind kind_of(const ModelFacts& facts);
// "chat", "text", "embedding", "reranker".
std::string_view kind_name(ModelKind kind);

}  // namespace hearth::gguf
