// The files that make-model writes, read back the way the daemon reads any model.

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "gguf/model_facts.h"
#include "model_writer.h"
#include "weights.h"

namespace hearth::models {
namespace {

using testing::ElementsAre;
using testing::Key;

class MadeModel : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "models.XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<gguf::ModelFacts> make(std::string_view shape, FileType type, std::uint64_t seed = 1) {
    const Order order{find_shape(shape), type, "", path(), seed};
    const std::uint64_t written = HEARTH_TRY(write_model(order));
    EXPECT_EQ(written, std::filesystem::file_size(path()));
    const gguf::File file = HEARTH_TRY(gguf::File::load(path()));
    return gguf::ModelFacts::from(file);
  }
  std::string content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string path() const { return folder_ / "m.gguf"; }

  std::filesystem::path folder_;
};

TEST_F(MadeModel, IsSoundForEverySmallShapeAndType) {
  for (const Shape& shape : all_shapes()) {
    if (!shape.name.starts_with("tiny")) continue;
    for (const FileType type :
         {FileType::kF32, FileType::kF16, FileType::kQ8_0, FileType::kQ4_0, FileType::kQ4_K_M}) {
      const auto facts = make(shape.name, type);
      ASSERT_TRUE(facts) << shape.name << ": " << facts.error().message;
      EXPECT_EQ(facts->layers, shape.layers);
      EXPECT_EQ(facts->is_encoder, is_encoder(shape.family));
      EXPECT_EQ(facts->chat_template.has_value(), !is_encoder(shape.family));
    }
  }
}

TEST_F(MadeModel, HasAboutOneMegabyteAtItsSmallest) {
  const auto facts = make("tiny-llama", FileType::kF16);
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_LT(std::filesystem::file_size(path()), 1200000U);
  EXPECT_EQ(facts->quantisation, "F16");
}

// As llama-quantize of v0.5.0 mixes them; 128 columns are no whole Q4_K blocks.
TEST_F(MadeModel, HasTheTypeMixOfItsFileType) {
  const auto tiny = make("tiny-llama", FileType::kQ4_K_M);
  ASSERT_TRUE(tiny) << tiny.error().message;
  EXPECT_EQ(tiny->quantisation, "Q4_K_M");
  EXPECT_THAT(tiny->bytes_by_type, ElementsAre(Key("F32"), Key("Q5_0"), Key("Q8_0")));
  const auto small = make("small-qwen2", FileType::kQ4_K_M);
  ASSERT_TRUE(small) << small.error().message;
  EXPECT_THAT(small->bytes_by_type, ElementsAre(Key("F32"), Key("Q4_K"), Key("Q6_K")));
}

TEST_F(MadeModel, IsTheSameForTheSameSeedOnly) {
  ASSERT_TRUE(make("tiny-qwen2", FileType::kQ4_K_M, 7));
  const std::string first = content();
  ASSERT_TRUE(make("tiny-qwen2", FileType::kQ4_K_M, 7));
  EXPECT_TRUE(content() == first);
  ASSERT_TRUE(make("tiny-qwen2", FileType::kQ4_K_M, 8));
  EXPECT_FALSE(content() == first);
}

TEST_F(MadeModel, TakesTheVocabularyOfAnotherFile) {
  ASSERT_TRUE(make("tiny-bert", FileType::kF16));
  const std::string vocabulary = folder_ / "vocabulary.gguf";
  std::filesystem::rename(path(), vocabulary);
  const Order order{find_shape("tiny-nomic-bert"), FileType::kF16, vocabulary, path(), 1};
  ASSERT_TRUE(write_model(order));
  const auto file = gguf::File::load(path());
  ASSERT_TRUE(file);
  const auto facts = gguf::ModelFacts::from(*file);
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->architecture, "nomic-bert");
  EXPECT_EQ(facts->tokenizer_model, "bert");
}

TEST_F(MadeModel, LeavesNothingBehindWhenTheDiskIsFull) {
  ::rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const ::rlimit small{300000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_model({find_shape("tiny-llama"), FileType::kF16, "", path(), 1});
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_FALSE(written);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST(HalfPrecision, RoundsToNearestEven) {
  EXPECT_EQ(to_half(0.0F), 0x0000);
  EXPECT_EQ(to_half(1.0F), 0x3C00);
  EXPECT_EQ(to_half(-2.0F), 0xC000);
  EXPECT_EQ(to_half(65504.0F), 0x7BFF);
  EXPECT_EQ(to_half(1e6F), 0x7C00);
  EXPECT_EQ(to_half(1.0F + 1.0F / 2048), 0x3C00);
  EXPECT_EQ(to_half(1.0F + 3.0F / 2048), 0x3C02);
  EXPECT_EQ(to_half(std::ldexp(1.0F, -24)), 0x0001);
  EXPECT_EQ(to_half(std::ldexp(1.0F, -14)), 0x0400);
}

TEST(RandomWeights, HaveTheSpreadThatIsAskedFor) {
  std::string bytes;
  Weights(3).append(bytes, gguf::TensorType::kF32, 100000, 0.5F);
  const auto* weights = reinterpret_cast<const float*>(bytes.data());
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < 100000; ++i) {
    sum += weights[i];
    squares += static_cast<double>(weights[i]) * weights[i];
  }
  EXPECT_NEAR(sum / 100000, 0.0, 0.01);
  EXPECT_NEAR(std::sqrt(squares / 100000), 0.5, 0.01);
}

}  // namespace
}  // namespace hearth::models
