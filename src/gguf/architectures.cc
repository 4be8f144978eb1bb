#include "gguf/architectures.h"

#include <algorithm>
#include <array>

namespace hearth::gguf {

namespace {

using Name = std::string_view;

template <std::size_t kCount>
bool contains(const std::array<Name, kCount>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr auto kEncoders =
    std::to_array<Name>({"bert", "jina-bert-v2", "jina-bert-v3", "nomic-bert", "nomic-bert-moe",
                         "neo-bert", "eurobert", "modern-bert", "gemma-embedding"});

constexpr auto kRecurrent =
    std::to_array<Name>({"mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7", "falcon-h1"});

constexpr auto kPartlyWithoutAttention = std::to_array<Name>(
    {"jamba",          "plamo2",    "granitehybrid", "lfm2",        "lfm2moe", "nemotron_h",
     "nemotron_h_moe", "qwen3next", "kimi-linear",   "bailingmoe3", "kimi-k3", "qwen35",
     "qwen35moe",      "qwen4exp",  "deepseek4",     "minimax-01",  "deci",    "wavtokenizer-dec",
     "dflash",         "eagle3",    "hrm_text",      "pockettts",   "qwen3tts"});

constexpr auto kPlainEncoders = std::to_array<Name>({"bert", "nomic-bert", "nomic-bert-moe"});

constexpr auto kPlainDecoders = std::to_array<Name>(
    {"llama", "mistral3", "qwen2", "qwen2moe", "qwen3", "qwen3moe", "internlm2", "olmo", "olmo2",
     "starcoder2", "smollm3", "granite", "granitemoe", "arcee", "seed_oss", "ernie4_5"});

}  // namespace

bool is_encoder_architecture(std::string_view architecture) {
  return contains(kEncoders, architecture);
}

bool has_plain_feed_forward(std::string_view architecture) {
  return architecture == "bert";
}

bool may_lack_attention(std::string_view architecture) {
  return is_recurrent_throughout(architecture) || contains(kPartlyWithoutAttention, architecture);
}

bool is_recurrent_throughout(std::string_view architecture) {
  return contains(kRecurrent, architecture);
}

bool has_plain_attention(std::string_view architecture) {
  return contains(kPlainEncoders, architecture) || contains(kPlainDecoders, architecture);
}

bool rotates_whole_heads(std::string_view architecture) {
  return contains(kPlainDecoders, architecture);
}

}  // namespace hearth::gguf
