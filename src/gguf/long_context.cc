#include "gguf/long_context.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>

namespace hearth::gguf {

namespace {

// What pages of models say about YaRN. The smaller ones of a family were not trained for it.
struct Promise {
  std::string_view architecture;
  std::string_view name;          // a part of general.name, in small letters
  std::uint32_t embedding_least;  // of those it holds for
  std::uint32_t context_trained_most;
  std::uint32_t original;
  std::uint32_t tokens;
};

constexpr std::array kPromises{
    Promise{"qwen2", "qwen2.5", 3584, 32768, 32768, 131072},
    Promise{"qwen3", "qwen3", 2560, 40960, 32768, 131072},
    Promise{"qwen3moe", "qwen3", 2048, 40960, 32768, 131072},
    Promise{"nomic-bert", "nomic-embed-text-v1", 768, 2048, 2048, 8192},
};

std::string in_small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(c == ' ' ? '-' : std::tolower(c));
  });
  return text;
}

std::optional<LongContext> promised(const ModelFacts& facts) {
  const std::string name = in_small_letters(facts.name);
  for (const Promise& promise : kPromises) {
    const bool meant = promise.architecture == facts.architecture &&
                       name.find(promise.name) != std::string::npos &&
                       facts.embedding >= promise.embedding_least &&
                       facts.context_trained <= promise.context_trained_most;
    if (!meant) continue;
    return LongContext{promise.tokens, promise.original,
                       static_cast<double>(promise.tokens) / promise.original, "yarn",
                       LongContextSource::kMakers};
  }
  return std::nullopt;
}

}  // namespace

std::optional<LongContext> long_context_of(const ModelFacts& facts) {
  const RopeFacts& rope = facts.rope;
  if (rope.scaling == "none") return promised(facts);
  LongContext context{facts.context_trained, rope.original_context, rope.factor, rope.scaling,
                      LongContextSource::kFile};
  const double trained = facts.context_trained;
  // Files of longrope have no factor, and old ones of linear scaling no original context.
  if (rope.original_context == 0) {
    if (!std::isfinite(rope.factor) || rope.factor <= 1.0) return std::nullopt;
    context.original = static_cast<std::uint32_t>(std::lround(trained / rope.factor));
    return context;
  }
  if (!std::isfinite(rope.factor) || rope.factor <= 1.0) {
    context.factor = trained / rope.original_context;
    return facts.context_trained > rope.original_context ? std::optional(context) : std::nullopt;
  }
  constexpr double kTokensMost = 1U << 30;
  const double reach = std::min(rope.original_context * rope.factor, kTokensMost);
  context.tokens = std::max(facts.context_trained, static_cast<std::uint32_t>(std::lround(reach)));
  return context;
}

}  // namespace hearth::gguf
