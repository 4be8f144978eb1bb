// What the trainer computes is what llama.cpp computes with the file that the trainer writes.
#include <cmath>

#include <gmock/gmock.h>

#include "train/testing/classroom.h"

namespace hearth::train {
namespace {

using testing::Classroom;

// Random weights of a seed tell tokens hardly apart; these do.
void make_decided(Network& network) {
  unsigned state = 1;
  for (const NamedPlace& named : network.layout().places()) {
    float* numbers = network.weights() + named.place.begin;
    for (std::size_t i = 0; i < named.place.size(); ++i) {
      state = state * 1664525U + 1013904223U;
      const float some = static_cast<float>(state >> 8) / static_cast<float>(1 << 24) - 0.5F;
      numbers[i] = named.is_matrix ? numbers[i] * 6.0F : numbers[i] + some;
    }
  }
  network.refresh();
}

double llama_loss(const engine::Model& model, const Batch& batch) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = 128;
  params.n_batch = 128;
  params.type_k = GGML_TYPE_F32;
  params.type_v = GGML_TYPE_F32;
  const engine::LlamaContext context(llama_init_from_model(model.raw(), params));
  EXPECT_NE(context, nullptr);
  llama_batch asked = llama_batch_init(128, 0, 1);
  for (std::size_t i = 0; i < batch.tokens.size(); ++i) {
    asked.token[i] = batch.tokens[i];
    asked.pos[i] = static_cast<llama_pos>(i);
    asked.n_seq_id[i] = 1;
    asked.seq_id[i][0] = 0;
    asked.logits[i] = 1;
  }
  asked.n_tokens = static_cast<std::int32_t>(batch.tokens.size());
  EXPECT_EQ(llama_decode(context.get(), asked), 0);
  double loss = 0;
  for (std::size_t i = 0; i < batch.tokens.size(); ++i) {
    if (batch.targets[i] == kNoTarget) continue;
    const float* logits = llama_get_logits_ith(context.get(), static_cast<std::int32_t>(i));
    double sum = 0;
    for (std::int32_t token = 0; token < model.vocabulary(); ++token)
      sum += std::exp(static_cast<double>(logits[token]));
    loss += std::log(sum) - static_cast<double>(logits[batch.targets[i]]);
  }
  llama_batch_free(asked);
  return loss;
}

class SameModelTest : public ::testing::TestWithParam<const char*> {};

TEST_P(SameModelTest, ComputesTheSameLossAsLlamaWithTheFileItWrote) {
  const Classroom room(GetParam());
  const auto file = ModelFile::open(room.model());
  ASSERT_TRUE(file) << file.error().message;
  Network network((*file)->shape(), (*file)->extras(),
                  {.precision = Precision::kF32, .threads = 2});
  ASSERT_TRUE((*file)->read_weights(network.layout(), network.weights()));
  make_decided(network);
  Batch batch;
  const auto vocabulary = (*file)->shape().vocabulary;
  for (std::uint32_t i = 0; i < 100; ++i) {
    batch.tokens.push_back(static_cast<std::int32_t>(i * 7919 % vocabulary));
    batch.targets.push_back(i % 3 == 0 ? kNoTarget
                                       : static_cast<std::int32_t>(i * 31 % vocabulary));
  }
  batch.segments.push_back({0, 100});

  const std::string out = room.at("out.gguf");
  const auto written = (*file)->write(network.layout(), network.weights(), OutType::kF32, out);
  ASSERT_TRUE(written) << written.error().message;
  const auto model = testing::load(out);
  ASSERT_NE(model, nullptr);
  const double expected = llama_loss(*model, batch);
  const double loss = network.measure(batch);
  EXPECT_NEAR(loss, expected, 1e-4 * expected);
  // It is no loss of a model that knows nothing, which every graph would have.
  const double guessed = std::log(vocabulary) * static_cast<double>(batch.target_count());
  EXPECT_GT(std::abs(loss - guessed), 0.05 * guessed);
}

INSTANTIATE_TEST_SUITE_P(families, SameModelTest, ::testing::Values("llama", "qwen2", "qwen3"),
                         [](const auto& tested) { return std::string(tested.param); });

// Of unit length, as the engine hands them out.
std::vector<float> llama_vector(const engine::Model& model, std::vector<engine::Token> tokens) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = 128;
  params.n_batch = 128;
  params.n_ubatch = 128;
  params.embeddings = true;
  const engine::LlamaContext context(llama_init_from_model(model.raw(), params));
  EXPECT_NE(context, nullptr);
  EXPECT_EQ(llama_pooling_type(context.get()), LLAMA_POOLING_TYPE_MEAN);
  const auto count = static_cast<std::int32_t>(tokens.size());
  EXPECT_EQ(llama_decode(context.get(), llama_batch_get_one(tokens.data(), count)), 0);
  const float* row = llama_get_embeddings_seq(context.get(), 0);
  EXPECT_NE(row, nullptr);
  std::vector<float> vector(row, row + llama_model_n_embd_out(model.raw()));
  double squares = 0;
  for (const float part : vector)
    squares += static_cast<double>(part) * static_cast<double>(part);
  for (float& part : vector)
    part /= static_cast<float>(std::sqrt(squares));
  return vector;
}

double cosine(const float* one, const std::vector<float>& other) {
  double sum = 0;
  for (std::size_t i = 0; i < other.size(); ++i)
    sum += static_cast<double>(one[i]) * static_cast<double>(other[i]);
  return sum;
}

TEST(SameEncoder, GivesTheSameVectorsAsLlamaWithTheFileItWrote) {
  const Classroom room("llama-embed");
  const auto file = ModelFile::open(room.model());
  ASSERT_TRUE(file) << file.error().message;
  Network network((*file)->shape(), (*file)->extras(),
                  {.precision = Precision::kF32, .threads = 2});
  ASSERT_TRUE((*file)->read_weights(network.layout(), network.weights()));
  make_decided(network);
  const std::string out = room.at("out.gguf");
  ASSERT_TRUE((*file)->write(network.layout(), network.weights(), OutType::kF32, out));
  const auto model = testing::load(out);
  ASSERT_NE(model, nullptr);

  Batch batch;
  std::vector<std::vector<engine::Token>> texts;
  for (const char* text : {"the thin thief", "thin", "it's 10 o'clock, isn't it? the other thing"})
    texts.push_back(
        *model->tokenize(text, engine::SpecialText::kPlain, engine::SpecialEnds::kAdded));
  for (const auto& tokens : texts) {
    batch.segments.push_back({batch.tokens.size(), tokens.size()});
    batch.tokens.insert(batch.tokens.end(), tokens.begin(), tokens.end());
  }
  const std::size_t width = (*file)->shape().width;
  const float* vectors = network.vectors(batch);
  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_GT(cosine(vectors + i * width, llama_vector(*model, texts[i])), 0.9999) << i;
  EXPECT_LT(cosine(vectors, llama_vector(*model, texts[1])), 0.99) << "texts are told apart";
}

class ModelFileTest : public ::testing::TestWithParam<OutType> {};

TEST_P(ModelFileTest, CarriesOverTokenizerAndTemplateAndIsReadAgain) {
  const Classroom room;
  const auto file = ModelFile::open(room.model());
  ASSERT_TRUE(file);
  Network network((*file)->shape(), (*file)->extras(), {});
  ASSERT_TRUE((*file)->read_weights(network.layout(), network.weights()));
  const std::string out = room.at("out.gguf");
  ASSERT_TRUE((*file)->write(network.layout(), network.weights(), GetParam(), out));
  const auto before = testing::load(room.model());
  const auto after = testing::load(out);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->chat_template(), before->chat_template());
  EXPECT_EQ(after->metadata("general.name"), "small");
  const char* text = "the thin thief {\"name\": 1}";
  const auto tokens = [&](const engine::Model& model) {
    return *model.tokenize(text, engine::SpecialText::kPlain, engine::SpecialEnds::kAdded);
  };
  EXPECT_EQ(tokens(*after), tokens(*before));

  const auto again = ModelFile::open(out);
  ASSERT_TRUE(again) << again.error().message;
  std::vector<float> read(network.layout().size());
  ASSERT_TRUE((*again)->read_weights(network.layout(), read.data()));
  double error = 0;
  for (const NamedPlace& named : network.layout().places()) {
    for (std::size_t i = 0; i < named.place.size(); ++i) {
      const std::size_t at = named.place.begin + i;
      error = std::max(error, static_cast<double>(std::abs(read[at] - network.weights()[at])));
    }
  }
  EXPECT_LT(error, GetParam() == OutType::kQ8_0 ? 1e-3 : 5e-5);
}

INSTANTIATE_TEST_SUITE_P(types, ModelFileTest,
                         ::testing::Values(OutType::kF32, OutType::kF16, OutType::kQ8_0));

}  // namespace
}  // namespace hearth::train
