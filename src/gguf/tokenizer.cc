#include <array>
#include <string>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include "gguf/model_parts.h"

namespace hearth::gguf {

namespace {

struct SpecialDefaults {
  std::string_view model;
  std::int64_t begin;  // what llama.cpp takes where the file says nothing; -1: none
  std::int64_t end;
  std::int64_t separator;
  bool adds_begin;
  bool adds_end;
};

constexpr auto kDefaults = std::to_array<SpecialDefaults>({
    {"llama", 1, 2, -1, true, false},
    {"bert", 101, -1, 102, true, false},
    {"gpt2", 11, 11, -1, false, false},
    {"t5", -1, 1, -1, false, true},
});

bool has_no_tokens(const ModelFacts& facts) {
  return facts.tokenizer_model == "none" || facts.tokenizer_model == "no_vocab";
}

// llama.cpp keeps a map from text to token and aborts when it is smaller than the list.
Result<void> check_unique(const MetadataReader& reader, const Array& tokens) {
  std::unordered_set<std::string_view> seen;
  seen.reserve(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    // An empty one gets a name from its number there; none is made up for it here.
    const std::string_view token = tokens.text_at(i);
    if (!token.empty() && !seen.insert(token).second) {
      return reader.contradiction(fmt::format("token {}, '{}', is there twice", i, token));
    }
  }
  return {};
}

Result<void> check_companion(const MetadataReader& reader, std::string_view key,
                             std::size_t tokens) {
  const Array* array = HEARTH_TRY(reader.array(key));
  if (array == nullptr) return {};
  const bool scores = key == "tokenizer.ggml.scores";
  const bool typed = array->element_type() == ValueType::kInt32 ||
                     (scores && array->element_type() == ValueType::kFloat32);
  if (typed && array->size() >= tokens) return {};
  return reader.contradiction(fmt::format("'{}' has {} elements of type {} for {} tokens", key,
                                          array->size(), type_name(array->element_type()), tokens));
}

// A token that is added to every text must exist: llama.cpp aborts at the first text otherwise.
Result<void> check_added(const MetadataReader& reader, std::string_view kind, std::int64_t fallback,
                         std::uint64_t vocabulary) {
  const auto id = HEARTH_TRY(reader.u32(fmt::format("tokenizer.ggml.{}_token_id", kind)));
  const bool given = id && *id < vocabulary;
  if (given || (fallback >= 0 && static_cast<std::uint64_t>(fallback) < vocabulary)) return {};
  return reader.contradiction(fmt::format(
      "it adds a {} token to every text, and its vocabulary of {} has none", kind, vocabulary));
}

Result<void> check_specials(const MetadataReader& reader, const ModelFacts& facts) {
  SpecialDefaults defaults{"", -1, -1, -1, false, false};
  for (const SpecialDefaults& each : kDefaults) {
    if (each.model == facts.tokenizer_model) defaults = each;
  }
  const auto begins = HEARTH_TRY(reader.truth("tokenizer.ggml.add_bos_token"));
  const auto ends = HEARTH_TRY(reader.truth("tokenizer.ggml.add_eos_token"));
  if (begins.value_or(defaults.adds_begin)) {
    HEARTH_TRY(check_added(reader, "bos", defaults.begin, facts.vocabulary));
  }
  if (ends.value_or(defaults.adds_end)) {
    HEARTH_TRY(check_added(reader, "eos", defaults.end, facts.vocabulary));
  }
  if (facts.tokenizer_model == "bert") {
    HEARTH_TRY(check_added(reader, "seperator", defaults.separator, facts.vocabulary));
  }
  return {};
}

Result<void> read_tokens(const MetadataReader& reader, ModelFacts& facts) {
  const Array* tokens = HEARTH_TRY(reader.array("tokenizer.ggml.tokens"));
  if (tokens == nullptr || tokens->element_type() != ValueType::kString || tokens->size() == 0) {
    return reader.contradiction("it has no list of tokens");
  }
  facts.vocabulary = tokens->size();
  HEARTH_TRY(check_unique(reader, *tokens));
  HEARTH_TRY(check_companion(reader, "tokenizer.ggml.token_type", tokens->size()));
  HEARTH_TRY(check_companion(reader, "tokenizer.ggml.scores", tokens->size()));
  const Array* merges = HEARTH_TRY(reader.array("tokenizer.ggml.merges"));
  const bool needs_merges = facts.tokenizer_model == "gpt2" && facts.tokenizer_pre != "kimi-k2";
  if ((merges == nullptr && needs_merges) ||
      (merges != nullptr && merges->element_type() != ValueType::kString)) {
    return reader.contradiction("its tokenizer has no list of merges");
  }
  facts.merges = merges == nullptr ? 0 : merges->size();
  return check_specials(reader, facts);
}

}  // namespace

Result<void> read_tokenizer(const MetadataReader& reader, ModelFacts& facts) {
  const auto model = HEARTH_TRY(reader.text("tokenizer.ggml.model"));
  if (!model) return reader.contradiction("it has no tokenizer (tokenizer.ggml.model)");
  facts.tokenizer_model = *model;
  facts.tokenizer_pre = HEARTH_TRY(reader.text("tokenizer.ggml.pre")).value_or("");
  facts.chat_template = HEARTH_TRY(reader.text("tokenizer.chat_template"));
  if (has_no_tokens(facts)) {
    facts.vocabulary = HEARTH_TRY(reader.u32(".vocab_size")).value_or(0);
    return {};
  }
  return read_tokens(reader, facts);
}

}  // namespace hearth::gguf
