#include "gguf/model_facts.h"

#include <cmath>
#include <functional>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gguf/gguf_bytes_for_test.h"

namespace hearth::gguf {
namespace {

using testing::HasSubstr;

Result<ModelFacts> facts_of_bytes(const GgufBytes& bytes) {
  const std::string content = bytes.build();
  MemorySource source(content);
  const File file = HEARTH_TRY(File::load(source, "m.gguf"));
  return ModelFacts::from(file);
}

std::string refusal(const GgufBytes& bytes) {
  const auto facts = facts_of_bytes(bytes);
  return facts ? "it was accepted" : facts.error().message;
}

GgufBytes small_bert() {
  GgufBytes bytes;
  bytes.text("general.architecture", "bert");
  bytes.u32("bert.block_count", 1).u32("bert.context_length", 16);
  bytes.u32("bert.embedding_length", 64).u32("bert.attention.head_count", 4);
  bytes.f32("bert.attention.layer_norm_epsilon", 1e-12F).u32("bert.pooling_type", 2);
  bytes.text("tokenizer.ggml.model", "bert");
  bytes.texts("tokenizer.ggml.tokens", {"[PAD]", "[UNK]", "[CLS]", "[SEP]"});
  bytes.u32("tokenizer.ggml.bos_token_id", 2).u32("tokenizer.ggml.seperator_token_id", 3);
  bytes.tensor("token_embd.weight", {64, 4}, TensorType::kF16);
  bytes.tensor("position_embd.weight", {64, 16});
  return bytes;
}

TEST(ModelFactsOfAFile, SayWhatIsInIt) {
  const auto facts = facts_of_bytes(small_llama());
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->architecture, "llama");
  EXPECT_EQ(facts->name, "small");
  EXPECT_EQ(facts->context_trained, 512U);
  EXPECT_EQ(facts->layers, 2U);
  EXPECT_EQ(facts->heads, 4U);
  EXPECT_EQ(facts->heads_kv, (std::vector<std::uint32_t>{2, 2}));
  EXPECT_EQ(facts->key_length, 16U);
  EXPECT_EQ(facts->vocabulary, 4U);
  EXPECT_EQ(facts->tokenizer_model, "gpt2");
  EXPECT_EQ(facts->chat_template, "{{ messages }}");
  EXPECT_EQ(facts->quantisation, "F16");
  EXPECT_EQ(facts->bytes_by_type.at("F16"), 64U * 4 * 2);
  EXPECT_EQ(facts->parameters, 64U * 4 + 64 + 2 * (2 * 64 * 64 + 2 * 64 * 32));
  EXPECT_FALSE(facts->is_encoder);
  EXPECT_FALSE(facts->has_position_table);
}

TEST(ModelFactsOfAFile, KnowAnEncoder) {
  const auto facts = facts_of_bytes(small_bert());
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_TRUE(facts->is_encoder);
  EXPECT_TRUE(facts->has_position_table);
  EXPECT_EQ(facts->pooling, Pooling::kFirst);
}

TEST(ModelFactsOfAFile, NameTheLargestTypeWhereTheFileTypeIsUnknown) {
  const auto facts = facts_of_bytes(small_llama().u32("general.file_type", 777));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->quantisation, "Q8_0");
}

TEST(ModelFactsOfAFile, TakeHeadsPerLayer) {
  GgufBytes bytes = small_llama();
  bytes.text("general.architecture", "openelm");
  for (const std::string key : {"block_count", "context_length", "embedding_length"}) {
    bytes.u32("openelm." + key, key == "block_count" ? 2 : 64);
  }
  bytes.i32s("openelm.attention.head_count", {4, 8});
  bytes.i32s("openelm.attention.head_count_kv", {2, 4});
  const auto facts = facts_of_bytes(bytes);
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->heads, 8U);
  EXPECT_EQ(facts->heads_kv, (std::vector<std::uint32_t>{2, 4}));
  EXPECT_THAT(refusal(bytes.i32s("openelm.attention.head_count_kv", {2})),
              HasSubstr("one per layer"));
}

struct Lie {
  const char* what;
  std::function<void(GgufBytes&)> tell;
  const char* message;
};

// gtest prints a parameter by this.
void PrintTo(const Lie& lie, std::ostream* out) {
  *out << lie.what;
}

class LyingLlama : public testing::TestWithParam<Lie> {};

TEST_P(LyingLlama, IsRefusedBeforeTheEngineAborts) {
  GgufBytes bytes = small_llama();
  GetParam().tell(bytes);
  EXPECT_THAT(refusal(bytes), HasSubstr(GetParam().message));
}

const Lie kLies[] = {
    {"NoArchitecture", [](GgufBytes& b) { b.remove("general.architecture"); }, "architecture"},
    {"ArchitectureIsANumber", [](GgufBytes& b) { b.u32("general.architecture", 1); },
     "must be a string and is a u32"},
    {"NoLayers", [](GgufBytes& b) { b.u32("llama.block_count", 0); }, "0 layers"},
    {"TooManyLayers", [](GgufBytes& b) { b.u32("llama.block_count", 513); }, "513 layers"},
    {"LayersOfAnotherType", [](GgufBytes& b) { b.text("llama.block_count", "2"); },
     "must be a u32"},
    {"NoContext", [](GgufBytes& b) { b.u32("llama.context_length", 0); }, "is 0"},
    {"MissingWidth", [](GgufBytes& b) { b.remove("llama.embedding_length"); }, "lacks the key"},
    {"NoHeads", [](GgufBytes& b) { b.u32("llama.attention.head_count", 0); }, "0 attention heads"},
    {"MissingHeads", [](GgufBytes& b) { b.remove("llama.attention.head_count"); },
     "0 attention heads"},
    {"HeadsThatDoNotDivideTheWidth", [](GgufBytes& b) { b.u32("llama.attention.head_count", 6); },
     "does not divide"},
    {"KeyHeadsThatDoNotDivideHeads",
     [](GgufBytes& b) { b.u32("llama.attention.head_count_kv", 3); }, "does not divide"},
    {"NoKeyHeads", [](GgufBytes& b) { b.u32("llama.attention.head_count_kv", 0); },
     "does not divide"},
    {"NegativeHeads", [](GgufBytes& b) { b.i32s("llama.attention.head_count", {4, -4}); },
     "negative"},
    {"UnevenHeads", [](GgufBytes& b) { b.i32s("llama.attention.head_count_kv", {2, 4}); },
     "other heads than layer 0"},
    {"ValuesUnlikeKeys", [](GgufBytes& b) { b.u32("llama.attention.value_length", 8); },
     "keys of 16 and values of 8"},
    {"RopeWiderThanAHead", [](GgufBytes& b) { b.u32("llama.rope.dimension_count", 1000); },
     "turns 1000"},
    {"OddRope", [](GgufBytes& b) { b.u32("llama.rope.dimension_count", 15); }, "turns 15"},
    {"UnknownRopeScaling", [](GgufBytes& b) { b.text("llama.rope.scaling.type", "magic"); },
     "'magic' is none"},
    {"RopeBaseIsNoNumber", [](GgufBytes& b) { b.f32("llama.rope.freq_base", NAN); }, "rope base"},
    {"NegativeEpsilon",
     [](GgufBytes& b) { b.f32("llama.attention.layer_norm_rms_epsilon", -1.0F); }, "epsilon"},
    {"NoEpsilon", [](GgufBytes& b) { b.remove("llama.attention.layer_norm_rms_epsilon"); },
     "epsilon"},
    {"TooManyExperts",
     [](GgufBytes& b) { b.u32("llama.expert_count", 1025).u32("llama.expert_used_count", 2); },
     "1025 experts"},
    {"MoreExpertsUsedThanThere",
     [](GgufBytes& b) { b.u32("llama.expert_count", 4).u32("llama.expert_used_count", 5); },
     "4 experts with 5 used"},
    {"ExpertsNoneUsed", [](GgufBytes& b) { b.u32("llama.expert_count", 4); }, "0 used"},
    {"UnknownPooling", [](GgufBytes& b) { b.u32("llama.pooling_type", 5); }, "pooling type 5"},
    {"MorePredictingLayersThanLayers", [](GgufBytes& b) { b.u32("llama.nextn_predict_layers", 3); },
     "predicting layers"},
    {"NoTokenizer", [](GgufBytes& b) { b.remove("tokenizer.ggml.model"); }, "no tokenizer"},
    {"NoTokens", [](GgufBytes& b) { b.remove("tokenizer.ggml.tokens"); }, "no list of tokens"},
    {"TokensAreNumbers", [](GgufBytes& b) { b.i32s("tokenizer.ggml.tokens", {1, 2, 3, 4}); },
     "no list of tokens"},
    {"TwiceTheSameToken",
     [](GgufBytes& b) { b.texts("tokenizer.ggml.tokens", {"a", "b", "a", "c"}); },
     "token 2, 'a', is there twice"},
    {"FewerTypesThanTokens", [](GgufBytes& b) { b.i32s("tokenizer.ggml.token_type", {1}); },
     "1 elements"},
    {"NoMerges", [](GgufBytes& b) { b.remove("tokenizer.ggml.merges"); }, "no list of merges"},
    {"AddsATokenThatIsNotThere", [](GgufBytes& b) { b.truth("tokenizer.ggml.add_bos_token", 1); },
     "adds a bos token"},
    {"OtherVocabulary",
     [](GgufBytes& b) {
       b.texts("tokenizer.ggml.tokens", {"a", "b", "c", "d", "e"})
           .remove("tokenizer.ggml.token_type");
     },
     "'token_embd.weight' is 64 by 4, and 64 by 5 was announced"},
    {"OtherWidth",
     [](GgufBytes& b) {
       b.u32("llama.embedding_length", 128).u32("llama.rope.dimension_count", 32);
     },
     "128 by 4 was announced"},
    {"NoEmbedding", [](GgufBytes& b) { b.without_tensor("token_embd.weight"); },
     "no token embedding"},
    {"QueriesOfAnotherShape",
     [](GgufBytes& b) {
       b.without_tensor("blk.1.attn_q.weight");
       b.tensor("blk.1.attn_q.weight", {64, 32}, TensorType::kQ8_0);
     },
     "'blk.1.attn_q.weight' is 64 by 32"},
    {"NormOfAnotherType",
     [](GgufBytes& b) {
       b.without_tensor("output_norm.weight").tensor("output_norm.weight", {64}, TensorType::kF16);
     },
     "'output_norm.weight' is of type F16"},
    {"WeightsAsWholeNumbers",
     [](GgufBytes& b) {
       b.without_tensor("blk.0.attn_k.weight");
       b.tensor("blk.0.attn_k.weight", {64, 32}, TensorType::kI32);
     },
     "'blk.0.attn_k.weight' is of type I32"},
    {"PartsThatContradict",
     [](GgufBytes& b) {
       b.set("split.count", ValueType::kUint16, little_endian<std::uint16_t>(2));
       b.set("split.no", ValueType::kUint16, little_endian<std::uint16_t>(2));
     },
     "contradict each other"},
};

INSTANTIATE_TEST_SUITE_P(All, LyingLlama, testing::ValuesIn(kLies),
                         [](const auto& lie) { return std::string(lie.param.what); });

TEST(ModelFactsOfAFile, RefuseAPositionTableOfAnotherLength) {
  EXPECT_THAT(refusal(small_bert().u32("bert.context_length", 512)),
              HasSubstr("64 by 512 was announced"));
}

TEST(ModelFactsOfAFile, RefuseTokenTypesThatCannotBeAdded) {
  GgufBytes bytes = small_bert();
  EXPECT_EQ(refusal(bytes.tensor("token_types.weight", {64, 2})), "it was accepted");
  bytes.without_tensor("token_types.weight");
  bytes.tensor("token_types.weight", {64, 2}, TensorType::kF16);
  EXPECT_THAT(refusal(bytes), HasSubstr("'token_types.weight' is of type F16"));
}

TEST(ModelFactsOfAFile, RefuseDataThatCannotBeComputedOn) {
  GgufBytes bytes = small_llama();
  bytes.u32("general.alignment", 8).text("general.name", "odd").pad_to(8);
  while (bytes.header().size() % 32 != 0 && (bytes.header().size() + 7) / 8 * 8 % 32 == 0) {
    bytes.text("pad", std::string(bytes.header().size() % 32, 'x'));
  }
  ASSERT_NE((bytes.header().size() + 7) / 8 * 8 % 32, 0U);
  EXPECT_THAT(refusal(bytes), HasSubstr("needs a multiple of 32"));
}

TEST(ModelFactsOfAFile, TellOtherKindsOfFilesApart) {
  EXPECT_THAT(refusal(small_llama().text("general.type", "adapter")), HasSubstr("is an adapter"));
  EXPECT_THAT(refusal(small_llama().text("general.architecture", "clip")),
              HasSubstr("image or audio part"));
  GgufBytes vocabulary;
  vocabulary.text("general.architecture", "llama");
  EXPECT_THAT(refusal(vocabulary), HasSubstr("holds no weights"));
}

TEST(ModelFactsOfAFile, WantTheFirstPartOfASplitModel) {
  const auto part = [](std::uint16_t number) {
    GgufBytes bytes = small_llama();
    bytes.set("split.count", ValueType::kUint16, little_endian<std::uint16_t>(3));
    bytes.set("split.no", ValueType::kUint16, little_endian(number));
    return bytes.without_tensor("token_embd.weight");
  };
  const auto first = facts_of_bytes(part(0));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->split.parts, 3U);
  EXPECT_THAT(refusal(part(1)), HasSubstr("part 2 of 3"));
  const auto loadable = check_loadable(*first, "model-00001-of-00003.gguf");
  ASSERT_FALSE(loadable);
  EXPECT_THAT(loadable.error().message, HasSubstr("llama-gguf-split --merge"));
}

File file_of(const GgufBytes& bytes, std::string name) {
  const std::string content = bytes.build();
  MemorySource source(content);
  auto file = File::load(source, std::move(name));
  EXPECT_TRUE(file) << file.error().message;
  return *std::move(file);
}

GgufBytes numbered(GgufBytes bytes, std::uint16_t part, std::uint16_t parts) {
  bytes.set("split.no", ValueType::kUint16, little_endian(part));
  bytes.set("split.count", ValueType::kUint16, little_endian(parts));
  return bytes;
}

// The small llama in two files: the second has the embedding, and of keys only those of parts.
std::vector<File> two_parts() {
  GgufBytes first = small_llama().without_tensor("token_embd.weight");
  first.set("split.tensors.count", ValueType::kInt32, little_endian<std::int32_t>(10));
  GgufBytes second;
  second.tensor("token_embd.weight", {64, 4}, TensorType::kF16);
  std::vector<File> files;
  files.push_back(file_of(numbered(first, 0, 2), "m-00001-of-00002.gguf"));
  files.push_back(file_of(numbered(second, 1, 2), "m-00002-of-00002.gguf"));
  return files;
}

TEST(ModelFactsOfADividedModel, AreThoseOfTheWhole) {
  const auto whole = facts_of_bytes(small_llama());
  const std::vector<File> files = two_parts();
  const auto facts = ModelFacts::from(std::span(files));
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->weight_bytes, whole->weight_bytes);
  EXPECT_EQ(facts->parameters, whole->parameters);
  EXPECT_EQ(facts->bytes_by_type, whole->bytes_by_type);
  EXPECT_EQ(facts->vocabulary, whole->vocabulary);
  EXPECT_EQ(facts->split.parts, 2U);
  EXPECT_TRUE(check_loadable(*facts, "m-00001-of-00002.gguf"));
}

TEST(ModelFactsOfADividedModel, AreRefusedWithoutAllParts) {
  std::vector<File> files = two_parts();
  files.pop_back();
  const auto facts = ModelFacts::from(std::span(files));
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, Code::kInvalidArgument);
  EXPECT_THAT(facts.error().message, HasSubstr("a model of 2 files, and 1 were given"));
}

TEST(ModelFactsOfADividedModel, AreRefusedOfPartsThatDoNotBelongTogether) {
  std::vector<File> files = two_parts();
  GgufBytes other;
  other.tensor("token_embd.weight", {64, 4}, TensorType::kF16);
  files.back() = file_of(numbered(other, 2, 3), "other.gguf");
  auto facts = ModelFacts::from(std::span(files));
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, Code::kCorrupt);
  EXPECT_THAT(facts.error().message, HasSubstr("part 3 of 3 and stands where part 2 of 2"));

  files.back() = file_of(numbered(GgufBytes(), 1, 2), "empty.gguf");
  facts = ModelFacts::from(std::span(files));
  ASSERT_FALSE(facts);
  EXPECT_THAT(facts.error().message, HasSubstr("9 tensors and 10 were announced"));

  GgufBytes again;
  again.tensor("output_norm.weight", {64});
  files.back() = file_of(numbered(again, 1, 2), "again.gguf");
  facts = ModelFacts::from(std::span(files));
  ASSERT_FALSE(facts);
  EXPECT_THAT(facts.error().message, HasSubstr("'output_norm.weight' stands in two"));

  GgufBytes narrow;
  narrow.tensor("token_embd.weight", {32, 4}, TensorType::kF16);
  files.back() = file_of(numbered(narrow, 1, 2), "narrow.gguf");
  facts = ModelFacts::from(std::span(files));
  ASSERT_FALSE(facts);
  EXPECT_THAT(facts.error().message, HasSubstr("32 by 4, and 64 by 4 was announced"));
}

TEST(ModelFactsOfAFile, WithoutAVocabularyAreReadButNotLoadable) {
  for (const char* tokenizer : {"none", "no_vocab"}) {
    const auto facts = facts_of_bytes(small_llama().text("tokenizer.ggml.model", tokenizer));
    ASSERT_TRUE(facts) << facts.error().message;
    const auto loadable = check_loadable(*facts, "model.gguf");
    ASSERT_FALSE(loadable) << tokenizer;
    EXPECT_THAT(loadable.error().message, HasSubstr("no vocabulary"));
  }
  EXPECT_TRUE(check_loadable(*facts_of_bytes(small_llama()), "model.gguf"));
}

}  // namespace
}  // namespace hearth::gguf
