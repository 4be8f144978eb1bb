// Vectors of texts and of tokens, from the real hearth-runner.
#include <cmath>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "chat/request_part.h"
#include "runner_fixture.h"

namespace hearth::testing {
namespace {

using Part = chat::RequestPart;

double length_of(const std::vector<float>& vector) {
  double sum = 0;
  for (const float value : vector)
    sum += static_cast<double>(value) * value;
  return std::sqrt(sum);
}

TEST_F(RunnerTest, EmbedsTextsToUnitVectors) {
  load("tiny-nomic-bert-f16");
  EXPECT_FALSE(loaded_.generates);
  runner_.send(1, wire::Embed{{"", {"a cat", "a dog", "a cat"}}});
  const auto reply = runner_.expect<wire::EmbeddingsReply>(1);
  ASSERT_TRUE(reply.has_value());
  const chat::Embeddings& e = reply->embeddings;
  ASSERT_EQ(e.values.size(), 3U * e.dimensions);
  ASSERT_EQ(e.dimensions, loaded_.embedding_size);
  double norm = 0;
  double same = 0;
  double other = 0;
  for (std::uint32_t i = 0; i < e.dimensions; ++i) {
    norm += e.values[i] * e.values[i];
    same += e.values[i] * e.values[2 * e.dimensions + i];
    other += e.values[i] * e.values[e.dimensions + i];
  }
  EXPECT_NEAR(norm, 1.0, 1e-4);
  EXPECT_NEAR(same, 1.0, 1e-4);
  EXPECT_LT(other, 0.9999);
}

TEST_F(RunnerTest, VectorsAreCutToAnyOfTheModelsDimensions) {
  load("tiny-nomic-bert-f16");
  runner_.send(1, wire::Embed{{"", {"a cat"}}});
  runner_.send(2, wire::Embed{{"", {"a cat"}, {}, 10}});
  runner_.send(3, wire::Embed{{"", {"a cat"}, {}, loaded_.embedding_size + 1}});
  const auto whole = runner_.expect<wire::EmbeddingsReply>(1);
  const auto cut = runner_.expect<wire::EmbeddingsReply>(2);
  const auto refused = runner_.expect<wire::Refused>(3);
  ASSERT_TRUE(whole.has_value() && cut.has_value() && refused.has_value());
  const std::vector<float>& values = cut->embeddings.values;
  EXPECT_EQ(cut->embeddings.dimensions, 10U);
  ASSERT_EQ(values.size(), 10U);
  EXPECT_NEAR(length_of(values), 1.0, 1e-4);
  const std::vector<float>& all = whole->embeddings.values;
  const double length = length_of({all.begin(), all.begin() + 10});
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_NEAR(values[i], all[i] / length, 1e-4) << i;
  EXPECT_EQ(refused->error.code, Code::kInvalidArgument);
  EXPECT_EQ(chat::find_part(refused->error.context), Part{Part::Kind::kDimensions});
}

TEST_F(RunnerTest, TokensAreEmbeddedAsTheyAre) {
  load("tiny-nomic-bert-f16");
  runner_.send(1, wire::Tokenize{{.text = "a cat", .add_special = true}});
  const auto tokens = runner_.expect<wire::TokensReply>(1);
  ASSERT_TRUE(tokens.has_value());
  runner_.send(2, wire::Embed{{"", {"a cat"}}});
  runner_.send(3, wire::Embed{{"", {}, {tokens->tokens.ids}}});
  const auto of_text = runner_.expect<wire::EmbeddingsReply>(2);
  const auto of_tokens = runner_.expect<wire::EmbeddingsReply>(3);
  ASSERT_TRUE(of_text.has_value() && of_tokens.has_value());
  EXPECT_EQ(of_tokens->embeddings, of_text->embeddings);
  for (const std::vector<std::int32_t>& wrong :
       {std::vector<std::int32_t>{1, -1}, {static_cast<std::int32_t>(loaded_.vocabulary)}, {}}) {
    runner_.send(4, wire::Embed{{"", {}, {tokens->tokens.ids, wrong}}});
    const auto refused = runner_.expect<wire::Refused>(4);
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->error.code, Code::kInvalidArgument);
    EXPECT_EQ(refused->error.message.find("input 1 "), 0U) << refused->error.message;
  }
}

TEST_F(RunnerTest, AnEmbeddingModelHasNoConversations) {
  load("tiny-bert-f16");
  chat::TokenizeRequest count;
  count.conversation = make_request("hi", 1);
  runner_.send(1, wire::Tokenize{count});
  const auto refused = runner_.expect<wire::Refused>(1);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->error.code, Code::kInvalidArgument);
  EXPECT_NE(refused->error.message.find("send text"), std::string::npos) << refused->error.message;
  runner_.send(2, wire::Tokenize{{.text = "hi"}});
  EXPECT_TRUE(runner_.expect<wire::TokensReply>(2).has_value());
}

TEST_F(RunnerTest, TooManyTextsAtOnceAreRefused) {
  load("tiny-llama-f16");
  runner_.send(1, wire::Embed{{"", std::vector<std::string>(5000, "x")}});
  const auto refused = runner_.expect<wire::Refused>(1);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->error.code, Code::kInvalidArgument);
}

TEST_F(RunnerTest, StreamsGoOnBesideALongEmbedding) {
  load("tiny-llama-f16");
  runner_.send(1, wire::Embed{{"", std::vector<std::string>(3000, "a text to embed")}});
  EXPECT_EQ(ask(make_request("meanwhile", 5)).finished, Reason::kLength);
  EXPECT_EQ(runner_.kept(1), 0U);
  EXPECT_TRUE(runner_.expect<wire::EmbeddingsReply>(1).has_value());
}

TEST_F(RunnerTest, AnEmbeddingEndsWhenItIsCancelled) {
  load("small-qwen2-f16");
  runner_.send(1, wire::Embed{{"", std::vector<std::string>(4000, "a text to embed")}});
  runner_.send(1, wire::Cancel{});
  const auto refused = runner_.expect<wire::Refused>(1);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->error.code, Code::kCancelled);
}

TEST_F(RunnerTest, ATextAboveTheContextIsNotEmbedded) {
  load("tiny-llama-f16", {.context = 64});
  std::string text;
  for (int i = 0; i < 100; ++i)
    text += "word ";
  runner_.send(1, wire::Embed{{"", {"short", text}}});
  const auto refused = runner_.expect<wire::Refused>(1);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->error.code, Code::kContextOverflow);
  EXPECT_NE(refused->error.message.find("input 1 has "), std::string::npos)
      << refused->error.message;
}

TEST_F(RunnerTest, ADecoderEmbedsToo) {
  load("tiny-llama-f16");
  runner_.send(1, wire::Embed{{"", {"hello"}}});
  const auto reply = runner_.expect<wire::EmbeddingsReply>(1);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->embeddings.values.size(), loaded_.embedding_size);
}

// A copy of the model that says it judges pairs of texts.
TEST_F(RunnerTest, AModelThatOnlyRanksIsNotAskedForVectors) {
  std::ifstream file(model_path("tiny-nomic-bert-f16"), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  constexpr std::string_view kKey = "nomic-bert.pooling_type";
  const std::size_t value =
      bytes.find(kKey) + kKey.size() + sizeof(std::uint32_t);  // past its type
  ASSERT_LT(value, bytes.size());
  bytes[value] = 4;
  const std::string path = folder_.write("ranks.gguf", bytes);
  const auto loaded = runner_.load(path, {.threads = 1});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().to_string();
  EXPECT_FALSE(loaded->embeds);
  runner_.send(1, wire::Embed{{"", {"a cat"}}});
  const auto refused = runner_.expect<wire::Refused>(1);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->error.code, Code::kInvalidArgument);
  EXPECT_EQ(chat::find_part(refused->error.context), Part{Part::Kind::kModel});
}

}  // namespace
}  // namespace hearth::testing
