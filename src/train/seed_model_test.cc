#include "train/seed_model.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>

#include <ggml.h>
#include <gguf.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "base/testing/temporary_folder.h"
#include "engine/llama_handles.h"
#include "train/seed_tensors.h"
#include "train/testing/seeds.h"

namespace hearth::train {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::Le;

class SeedModelFile : public ::testing::Test {
 protected:
  std::uint64_t write(const SeedModel& model, const std::string& name = "m.gguf") {
    const auto parameters = write_seed_model(model, folder_.file(name));
    EXPECT_TRUE(parameters) << parameters.error().message;
    return parameters.value_or(0);
  }
  std::string bytes(const std::string& name) const {
    std::ifstream file(folder_.file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<float> weights(const std::string& tensor) const {
    ggml_context* tensors = nullptr;
    gguf_context* file =
        gguf_init_from_file(folder_.file("m.gguf").c_str(), {.no_alloc = false, .ctx = &tensors});
    const ggml_tensor* found = ggml_get_tensor(tensors, tensor.c_str());
    const auto* begin = static_cast<const float*>(found->data);
    std::vector<float> numbers(begin, begin + ggml_nelements(found));
    gguf_free(file);
    ggml_free(tensors);
    return numbers;
  }
  float spread(const std::string& tensor) const {
    double squares = 0;
    const auto numbers = weights(tensor);
    for (const float each : numbers)
      squares += each * each;
    return static_cast<float>(std::sqrt(squares / static_cast<double>(numbers.size())));
  }

  base::testing::TemporaryFolder folder_;
};

class EveryFamily : public SeedModelFile, public ::testing::WithParamInterface<std::string> {};

TEST_P(EveryFamily, IsLoadedByLlamaCpp) {
  const SeedModel seed = testing::small_seed(GetParam());
  const std::uint64_t parameters = write(seed);
  const auto model = testing::load(folder_.file("m.gguf"));
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(llama_model_n_params(model->raw()), parameters);
  EXPECT_EQ(model->architecture(), GetParam());
  EXPECT_EQ(model->generates(), !find_family(GetParam())->looks_both_ways);
  EXPECT_EQ(model->vocabulary(), static_cast<std::int32_t>(seed.shape.vocabulary));
  EXPECT_EQ(llama_model_n_ctx_train(model->raw()), 128);
  EXPECT_EQ(model->metadata("general.name"), "small");
  EXPECT_EQ(model->metadata("general.license"), "apache-2.0");
  EXPECT_EQ(model->chat_template(), "");
}

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const Family& family : seed_families())
    names.emplace_back(family.name);
  return names;
}

// Names of tests have no hyphens.
std::string name_of(const ::testing::TestParamInfo<std::string>& family) {
  std::string name = family.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Families, EveryFamily, ::testing::ValuesIn(family_names()), name_of);

TEST_F(SeedModelFile, MayHaveItsOwnOutput) {
  SeedModel seed = testing::small_seed();
  const std::uint64_t tied = write(seed);
  seed.shape.tied = false;
  EXPECT_EQ(write(seed), tied + std::uint64_t{seed.shape.vocabulary} * seed.shape.width);
  EXPECT_NE(testing::load(folder_.file("m.gguf")), nullptr);
}

TEST_F(SeedModelFile, SpreadsItsWeightsAsTrainingWantsThem) {
  write(testing::small_seed());
  EXPECT_NEAR(spread("token_embd.weight"), kSpread, 0.0005);
  EXPECT_NEAR(spread("blk.1.ffn_up.weight"), kSpread, 0.0005);
  EXPECT_NEAR(spread("blk.1.ffn_down.weight"), kSpread / 2, 0.0005) << "two layers";
  EXPECT_NEAR(spread("blk.0.attn_output.weight"), kSpread / 2, 0.0005);
  EXPECT_THAT(weights("blk.0.attn_norm.weight"), Each(1.0F));
  EXPECT_THAT(weights("output_norm.weight"), Each(1.0F));
  EXPECT_THAT(weights("token_embd.weight"), Each(AllOf(Ge(-6 * kSpread), Le(6 * kSpread))));
}

TEST_F(SeedModelFile, BeginsAnEncoderWithWhatItsTokensSay) {
  write(testing::small_seed("llama-embed"));
  EXPECT_NEAR(spread("token_embd.weight"), kEncoderSpread, 0.0125);
  EXPECT_NEAR(spread("blk.1.ffn_up.weight"), kSpread, 0.0005);
}

TEST_F(SeedModelFile, IsTheSameForTheSameSeedOnly) {
  SeedModel seed = testing::small_seed();
  write(seed, "one");
  write(seed, "same");
  seed.seed = 2;
  write(seed, "other");
  EXPECT_TRUE(bytes("one") == bytes("same"));
  EXPECT_FALSE(bytes("one") == bytes("other"));
}

TEST(RandomWeights, AreTheSameOnEveryMachine) {
  RandomWeights random(1);
  EXPECT_EQ(random.next(), -7420.0F / 65536);
  EXPECT_EQ(random.next(), 67749.0F / 65536);
  EXPECT_EQ(random.next(), -71339.0F / 65536);
}

TEST_F(SeedModelFile, SaysWhereItCannotBeWritten) {
  const auto written = write_seed_model(testing::small_seed(), folder_.file("no/m.gguf"));
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, ::testing::HasSubstr("no/m.gguf"));
}

TEST_F(SeedModelFile, LeavesNothingBehindWhenTheDiskIsFull) {
  ::rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const ::rlimit small{100000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = write_seed_model(testing::small_seed(), folder_.file("m.gguf"));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_FALSE(written);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

// What the first token of a text comes to, in a model without pooling.
std::vector<float> first_of(llama_model* model, std::vector<llama_token> tokens) {
  llama_context_params params = llama_context_default_params();
  params.embeddings = true;
  params.pooling_type = LLAMA_POOLING_TYPE_NONE;
  params.n_ctx = params.n_batch = params.n_ubatch = 64;
  params.n_threads = params.n_threads_batch = 1;
  const engine::LlamaContext context(llama_init_from_model(model, params));
  EXPECT_EQ(
      llama_encode(context.get(),
                   llama_batch_get_one(tokens.data(), static_cast<std::int32_t>(tokens.size()))),
      0);
  const float* first = llama_get_embeddings_ith(context.get(), 0);
  return {first, first + llama_model_n_embd(model)};
}

class EncoderFile : public SeedModelFile, public ::testing::WithParamInterface<std::string> {};

TEST_P(EncoderFile, LooksBothWays) {
  write(testing::small_seed(GetParam()));
  const auto model = testing::load(folder_.file("m.gguf"));
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->metadata(GetParam() + ".pooling_type"), "1");
  EXPECT_EQ(first_of(model->raw(), {65, 66, 67}), first_of(model->raw(), {65, 66, 67}));
  EXPECT_NE(first_of(model->raw(), {65, 66, 67}), first_of(model->raw(), {65, 66, 68}));
}

INSTANTIATE_TEST_SUITE_P(Families, EncoderFile, ::testing::Values("eurobert", "llama-embed"),
                         name_of);

}  // namespace
}  // namespace hearth::train
