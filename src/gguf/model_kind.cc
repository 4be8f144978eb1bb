#include "gguf/model_kind.h"

namespace hearth::gguf {

ModelKind kind_of(const ModelFacts& facts) {
  if (facts.pooling == Pooling::kRank) return ModelKind::kReranker;
  const bool pools = facts.pooling && *facts.pooling != Pooling::kNone;
  if (facts.is_encoder || pools) return ModelKind::kEmbedding;
  return facts.chat_template ? ModelKind::kChat : ModelKind::kText;
}

std::string_view kind_name(ModelKind kind) {
  switch (kind) {
    case ModelKind::kChat:
      return "chat";
    case ModelKind::kText:
      return "text";
    case ModelKind::kEmbedding:
      return "embedding";
    case ModelKind::kReranker:
      return "reranker";
  }
  return "";
}

}  // namespace hearth::gguf
