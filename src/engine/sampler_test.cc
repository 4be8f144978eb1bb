#include "engine/sampler.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

TEST(FoldSeed, KeepsWhatFits) {
  EXPECT_EQ(fold_seed(0), 0U);
  EXPECT_EQ(fold_seed(7), 7U);
  EXPECT_EQ(fold_seed(0xFFFFFFFE), 0xFFFFFFFEU);
}

TEST(FoldSeed, TheHighHalfCounts) {
  EXPECT_NE(fold_seed(7 | (std::uint64_t{1} << 32)), fold_seed(7));
}

TEST(FoldSeed, NeverBecomesTheSeedThatMeansRandom) {
  EXPECT_NE(fold_seed(LLAMA_DEFAULT_SEED), LLAMA_DEFAULT_SEED);
  EXPECT_NE(fold_seed(0x12345678EDCBA987), LLAMA_DEFAULT_SEED);  // its halves fold to all ones
}

constexpr std::int32_t kVocabulary = 3000;
constexpr std::uint32_t kContext = 256;
constexpr std::uint64_t kSeed = 7;

std::vector<float> some_logits(std::uint32_t seed, std::int32_t size = kVocabulary) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, 4);
  std::vector<float> logits(static_cast<std::size_t>(size));
  std::generate(logits.begin(), logits.end(), [&] { return normal(random); });
  return logits;
}

std::unique_ptr<Sampler> make(const chat::Sampling& sampling,
                              std::span<const Token> end_tokens = {}) {
  auto sampler = Sampler::create({nullptr, kVocabulary, kContext, end_tokens}, sampling, kSeed);
  EXPECT_TRUE(sampler) << (sampler ? "" : sampler.error().message);
  return sampler ? std::move(*sampler) : nullptr;
}

// Few different logits, so that what was said is often likely again and DRY finds repetitions.
std::vector<float> repetitive_logits(std::uint32_t seed) {
  std::vector<float> logits = some_logits(seed);
  for (std::size_t i = 0; i < 6; ++i)
    logits[100 + i] += 16;
  return logits;
}

std::vector<Token> choose_many(Sampler& sampler, int count = 120) {
  std::vector<Token> tokens;
  for (int i = 0; i < count; ++i) {
    std::vector<float> logits = repetitive_logits(static_cast<std::uint32_t>(i));
    tokens.push_back(sampler.choose(logits).value());
  }
  return tokens;
}

// The same samplers, as llama-server chains them, over the whole vocabulary.
std::vector<Token> choose_with_everything(const chat::Sampling& s, int count = 120) {
  LlamaSampler chain(llama_sampler_chain_init(llama_sampler_chain_default_params()));
  const auto add = [&](llama_sampler* next) { llama_sampler_chain_add(chain.get(), next); };
  std::vector<llama_logit_bias> biases;
  for (const chat::LogitBias& one : s.logit_bias)
    biases.push_back({one.token, one.bias});
  add(llama_sampler_init_logit_bias(kVocabulary, static_cast<std::int32_t>(biases.size()),
                                    biases.data()));
  add(llama_sampler_init_penalties(kVocabulary, s.repeat_last_n, s.repeat_penalty,
                                   s.frequency_penalty, s.presence_penalty));
  add(llama_sampler_init_dry(nullptr, s.dry_multiplier, s.dry_base,
                             static_cast<std::int32_t>(s.dry_allowed_length), kContext, nullptr,
                             0));
  if (s.temperature == 0) {
    add(llama_sampler_init_greedy());
  } else {
    add(llama_sampler_init_top_k(static_cast<std::int32_t>(s.top_k)));
    add(llama_sampler_init_typical(s.typical_p, 1));
    add(llama_sampler_init_top_p(s.top_p, 1));
    add(llama_sampler_init_min_p(s.min_p, 1));
    add(llama_sampler_init_xtc(s.xtc_probability, s.xtc_threshold, 1, kSeed));
    add(llama_sampler_init_temp(s.temperature));
    add(llama_sampler_init_dist(kSeed));
  }
  std::vector<Token> tokens;
  for (int i = 0; i < count; ++i) {
    const std::vector<float> logits = repetitive_logits(static_cast<std::uint32_t>(i));
    std::vector<llama_token_data> all;
    for (Token token = 0; token < kVocabulary; ++token)
      all.push_back({token, logits[static_cast<std::size_t>(token)], 0});
    llama_token_data_array array{all.data(), all.size(), -1, false};
    llama_sampler_apply(chain.get(), &array);
    tokens.push_back(array.data[array.selected].id);
    llama_sampler_accept(chain.get(), tokens.back());
  }
  return tokens;
}

struct Case {
  const char* name;
  chat::Sampling sampling;
};

chat::Sampling changed(void (*change)(chat::Sampling&)) {
  chat::Sampling sampling;
  sampling.temperature = 1.2F;
  sampling.dry_sequence_breakers.clear();  // they would need a vocabulary
  change(sampling);
  return sampling;
}

std::vector<Case> make_cases() {
  using S = chat::Sampling;
  return {
      {"default", changed([](S&) {})},
      {"greedy", changed([](S& s) { s.temperature = 0; })},
      {"one candidate", changed([](S& s) { s.top_k = 1; })},
      {"many candidates", changed([](S& s) { s.top_k = 1000, s.top_p = 1, s.min_p = 0; })},
      {"all candidates", changed([](S& s) { s.top_k = 0, s.top_p = 1, s.min_p = 0; })},
      {"typical", changed([](S& s) { s.typical_p = 0.5F; })},
      {"xtc", changed([](S& s) { s.xtc_probability = 0.7F, s.xtc_threshold = 0.05F; })},
      {"bias", changed([](S& s) { s.logit_bias = {{5, 25}, {101, -100}, {102, 1.5F}}; })},
      {"repeat", changed([](S& s) { s.repeat_penalty = 1.4F; })},
      {"repeat a little", changed([](S& s) { s.repeat_penalty = 1.4F, s.repeat_last_n = 3; })},
      {"frequency", changed([](S& s) { s.frequency_penalty = 1.1F, s.repeat_last_n = 100; })},
      {"presence", changed([](S& s) { s.presence_penalty = 1.9F; })},
      {"reward", changed([](S& s) { s.presence_penalty = -1.9F, s.temperature = 0; })},
      {"greedy repeat", changed([](S& s) { s.repeat_penalty = 1.4F, s.temperature = 0; })},
      {"dry", changed([](S& s) { s.dry_multiplier = 2; })},
      {"greedy dry", changed([](S& s) { s.dry_multiplier = 2, s.temperature = 0; })},
      {"all at once", changed([](S& s) {
         s.logit_bias = {{103, 2}};
         s.repeat_penalty = 1.1F, s.frequency_penalty = 0.3F, s.dry_multiplier = 0.8F;
         s.typical_p = 0.9F, s.xtc_probability = 0.3F;
       })},
  };
}

TEST(Sampler, FewCandidatesGiveWhatAllOfThemGive) {
  for (const Case& one : make_cases())
    EXPECT_EQ(choose_many(*make(one.sampling)), choose_with_everything(one.sampling)) << one.name;
}

TEST(Sampler, EveryWishMattersAndItsSeedRepeatsIt) {
  auto cases = make_cases();
  cases.push_back(
      {"mirostat 1", changed([](chat::Sampling& s) { s.mirostat = chat::Mirostat::kV1; })});
  cases.push_back(
      {"mirostat 2", changed([](chat::Sampling& s) { s.mirostat = chat::Mirostat::kV2; })});
  const auto plain = choose_many(*make(cases.front().sampling));
  for (const Case& one : cases) {
    const auto tokens = choose_many(*make(one.sampling));
    EXPECT_EQ(choose_many(*make(one.sampling)), tokens) << one.name;
    EXPECT_EQ(tokens == plain, &one == cases.data()) << one.name;
  }
}

TEST(Sampler, LeavesTheLogitsAsTheyWere) {
  for (const Case& one : make_cases()) {
    const auto sampler = make(one.sampling);
    const std::vector<float> before = some_logits(1);
    std::vector<float> logits = before;
    ASSERT_TRUE(sampler->choose(logits));
    ASSERT_TRUE(sampler->choose(logits));
    EXPECT_EQ(logits, before) << one.name;
  }
}

TEST(Sampler, ABiasForcesAndForbids) {
  chat::Sampling sampling;
  sampling.logit_bias = {{17, 100}};
  EXPECT_THAT(choose_many(*make(sampling), 20), ::testing::Each(17));
  sampling.logit_bias = {{17, 100}, {17, -INFINITY}};  // they add up
  EXPECT_THAT(choose_many(*make(sampling), 20), ::testing::Not(::testing::Contains(17)));
}

TEST(Sampler, IgnoringTheEndForbidsItsTokens) {
  const std::vector<Token> ends = {100, 101, 102, 103, 104};
  chat::Sampling sampling;
  sampling.temperature = 0;
  EXPECT_THAT(choose_many(*make(sampling, ends), 50), ::testing::Contains(101));
  sampling.ignore_eos = true;
  const auto is_end = ::testing::AllOf(::testing::Ge(100), ::testing::Le(104));
  EXPECT_THAT(choose_many(*make(sampling, ends), 50), ::testing::Each(::testing::Not(is_end)));
}

TEST(Sampler, RemembersWhatItIsToldOfThePrompt) {
  chat::Sampling sampling;
  sampling.temperature = 0;
  EXPECT_EQ(make(sampling)->memory(), 0U);
  sampling.frequency_penalty = 2;
  sampling.repeat_last_n = chat::kWholeContext;
  const auto sampler = make(sampling);
  EXPECT_EQ(sampler->memory(), kContext);
  std::vector<float> logits(kVocabulary, 0.0F);
  logits[5] = 3;
  logits[6] = 2;
  sampler->accept(5);
  EXPECT_EQ(sampler->choose(logits), 6);
}

TEST(Sampler, AColdTemperatureIsGreedyAndNotNaN) {
  chat::Sampling sampling;
  sampling.temperature = 1e-40F;
  std::vector<float> logits = some_logits(3);
  const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
  EXPECT_EQ(make(sampling)->choose(logits), best);
}

TEST(Sampler, SaysWhenTheModelComputesNoNumbers) {
  for (const float temperature : {0.0F, 0.7F}) {
    chat::Sampling sampling;
    sampling.temperature = temperature;
    std::vector<float> logits(kVocabulary, NAN);
    EXPECT_EQ(make(sampling)->choose(logits).error().code, Code::kCorrupt);
    logits = some_logits(1);
    logits[2999] = NAN;
    EXPECT_EQ(make(sampling)->choose(logits).error().code, Code::kCorrupt);
  }
}

TEST(Sampler, SaysWhenEverythingIsForbidden) {
  chat::Sampling sampling;
  sampling.logit_bias = {{3, -INFINITY}};
  for (const auto mirostat : {chat::Mirostat::kOff, chat::Mirostat::kV1, chat::Mirostat::kV2}) {
    sampling.mirostat = mirostat;
    std::vector<float> logits(kVocabulary, -INFINITY);
    logits[3] = 1;
    EXPECT_EQ(make(sampling)->choose(logits).error().code, Code::kInvalidArgument);
    logits[4] = -90;
    EXPECT_EQ(make(sampling)->choose(logits), 4);
  }
}

TEST(Sampler, RefusesABiasOfATokenThatIsNotThere) {
  for (const std::int32_t token : {-1, kVocabulary}) {
    chat::Sampling sampling;
    sampling.logit_bias = {{token, 1}};
    const auto sampler = Sampler::create({nullptr, kVocabulary, kContext, {}}, sampling, 1);
    ASSERT_FALSE(sampler);
    EXPECT_EQ(sampler.error().code, Code::kInvalidArgument);
    EXPECT_THAT(sampler.error().message, ::testing::HasSubstr(std::to_string(token)));
  }
}

}  // namespace
}  // namespace hearth::engine
