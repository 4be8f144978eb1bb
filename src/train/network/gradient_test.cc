// The gradients of the whole network against differences of its loss, for every family and for
// pairs.
#include <cmath>
#include <random>
#include <string>
#include <tuple>

#include <gmock/gmock.h>

#include "train/network/network.h"
#include "train/testing/pairs.h"

namespace hearth::train {
namespace {

struct Family {
  const char* name;
  const char* family;
  Extras extras;
  bool tied;
  bool looks_both_ways;
  std::uint32_t hidden = 40;
  std::uint32_t head_width = 6;
};

void PrintTo(const Family& family, std::ostream* out) {
  *out << family.name;
}

Shape tiny_shape(const Family& family) {
  Shape shape;
  shape.family = family.family;
  shape.layers = 2;
  shape.width = 24;
  shape.heads = 4;
  shape.kv_heads = 2;
  shape.head_width = family.head_width;
  shape.hidden = family.hidden;
  shape.context = 64;
  shape.vocabulary = 50;
  shape.tied = family.tied;
  shape.looks_both_ways = family.looks_both_ways;
  return shape;
}

void fill_weights(Network& network, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0F, 0.25F);
  for (const NamedPlace& place : network.layout().places()) {
    const bool gains = place.name.find("norm") != std::string::npos;
    for (std::size_t i = 0; i < place.place.size(); ++i)
      network.weights()[place.place.begin + i] = normal(random) + (gains ? 1.0F : 0.0F);
  }
  network.refresh();
}

// Three conversations, longer than a block of attention and than a piece of rows together.
Batch make_batch() {
  Batch batch;
  std::mt19937 random(7);
  for (const std::size_t length : {90U, 1U, 71U}) {
    batch.segments.push_back({batch.tokens.size(), length});
    for (std::size_t i = 0; i < length; ++i) {
      batch.tokens.push_back(static_cast<std::int32_t>(random() % 50));
      const bool wanted = i % 3 != 0;
      batch.targets.push_back(wanted ? static_cast<std::int32_t>(random() % 50) : kNoTarget);
    }
  }
  return batch;
}

// A batch of one of its conversations.
Batch only(const Batch& all, const Segment& segment) {
  Batch one;
  const auto begin = static_cast<std::ptrdiff_t>(segment.begin);
  const auto end = begin + static_cast<std::ptrdiff_t>(segment.length);
  one.tokens.assign(all.tokens.begin() + begin, all.tokens.begin() + end);
  one.targets.assign(all.targets.begin() + begin, all.targets.begin() + end);
  one.segments.push_back({0, segment.length});
  return one;
}

// Holds the network's gradient against differences of a loss, along a random direction of all the
// numbers of one place: no single one is too small to see.
template <typename Measure>
void expect_gradient_of(Network& network, double nearness, const Measure& measure) {
  std::mt19937 random(11);
  for (const NamedPlace& named : network.layout().places()) {
    std::vector<float> direction(named.place.size());
    std::normal_distribution<float> normal;
    for (float& part : direction)
      part = normal(random);
    float* weights = network.weights() + named.place.begin;
    const std::vector<float> kept(weights, weights + direction.size());
    double expected = 0;
    for (std::size_t i = 0; i < direction.size(); ++i)
      expected += direction[i] * network.gradient()[named.place.begin + i];
    constexpr float kStep = 5e-4F;
    double losses[2];
    for (const int side : {0, 1}) {
      for (std::size_t i = 0; i < direction.size(); ++i)
        weights[i] = kept[i] + (side == 0 ? -kStep : kStep) * direction[i];
      network.refresh();
      losses[side] = measure();
    }
    std::copy(kept.begin(), kept.end(), weights);
    const double measured = (losses[1] - losses[0]) / (2.0 * kStep);
    EXPECT_NEAR(measured, expected, 0.02 * std::abs(expected) + nearness) << named.name;
  }
}

class GradientTest : public ::testing::TestWithParam<Family> {};

TEST_P(GradientTest, IsHowTheLossChangesWithEveryKindOfWeight) {
  Network network(tiny_shape(GetParam()), GetParam().extras,
                  {.precision = Precision::kF32, .threads = 2});
  fill_weights(network, 3);
  const Batch batch = make_batch();
  const double loss = network.learn(batch, 1.0F);
  EXPECT_DOUBLE_EQ(network.measure(batch), loss);
  expect_gradient_of(network, 0.02, [&] { return network.measure(batch); });
}

INSTANTIATE_TEST_SUITE_P(
    families, GradientTest,
    ::testing::Values(Family{"llama", "llama", {}, true, false},
                      Family{"llama_with_own_writer", "llama", {}, false, false},
                      Family{"qwen2", "qwen2", {.attention_biases = true}, true, false},
                      Family{"qwen3", "qwen3", {.head_norms = true}, true, false},
                      Family{"encoder", "llama-embed", {}, true, true},
                      Family{"narrow_inside", "llama", {}, true, false, 10, 4}),
    [](const auto& tested) { return std::string(tested.param.name); });

constexpr float kTemperature = 0.2F;  // some documents are likely, and none is certain

TEST(Network, KnowsHowTheLossOfPairsChangesWithEveryKindOfWeight) {
  const Family family{"encoder", "llama-embed", {}, true, true};
  Network network(tiny_shape(family), {}, {.precision = Precision::kF32, .threads = 2});
  fill_weights(network, 3);
  const PairBatch batch = train::testing::make_pairs();
  const double loss = network.learn_pairs(batch, kTemperature);
  EXPECT_DOUBLE_EQ(network.measure(batch, kTemperature), loss);
  EXPECT_GT(loss, 0.1);
  expect_gradient_of(network, 0.002, [&] { return network.measure(batch, kTemperature); });
}

TEST(Network, GivesTheSameVectorsAndPairGradientsWhateverTheNumberOfThreads) {
  const Family family{"encoder", "llama-embed", {}, true, true};
  const PairBatch batch = train::testing::make_pairs();
  std::vector<std::vector<float>> gradients;
  for (const std::uint32_t threads : {1U, 3U}) {
    Network network(tiny_shape(family), {}, {.threads = threads});
    fill_weights(network, 5);
    network.learn_pairs(batch, kTemperature);
    gradients.emplace_back(network.gradient(), network.gradient() + network.layout().size());
  }
  EXPECT_EQ(gradients[0], gradients[1]);
}

TEST(Network, GivesTheSameNumbersWhateverTheNumberOfThreads) {
  const Family family{"llama", "llama", {}, true, false};
  const Batch batch = make_batch();
  std::vector<std::vector<float>> gradients;
  for (const std::uint32_t threads : {1U, 3U}) {
    Network network(tiny_shape(family), {}, {.threads = threads});
    fill_weights(network, 5);
    network.learn(batch, 0.5F);
    gradients.emplace_back(network.gradient(), network.gradient() + network.layout().size());
  }
  EXPECT_EQ(gradients[0], gradients[1]);
}

TEST(Network, LetsNoConversationOfABatchSeeAnother) {
  const Family family{"llama", "llama", {}, true, false};
  Network network(tiny_shape(family), {}, {.precision = Precision::kF32});
  fill_weights(network, 5);
  const Batch all = make_batch();
  double apart = 0;
  for (const Segment& segment : all.segments)
    apart += network.measure(only(all, segment));
  EXPECT_NEAR(network.measure(all), apart, 1e-3);
}

TEST(Network, AddsUpWhatThePartsOfABatchGive) {
  const Family family{"llama", "llama", {}, true, false};
  const Batch all = make_batch();
  Network whole(tiny_shape(family), {}, {.precision = Precision::kF32});
  Network parts(tiny_shape(family), {}, {.precision = Precision::kF32});
  for (Network* network : {&whole, &parts})
    fill_weights(*network, 5);
  whole.learn(all, 0.1F);
  for (const Segment& segment : all.segments)
    parts.learn(only(all, segment), 0.1F);
  for (std::size_t i = 0; i < whole.layout().size(); ++i)
    ASSERT_NEAR(whole.gradient()[i], parts.gradient()[i], 1e-3) << i;
}

TEST(Network, CountsOnlyTheTargets) {
  const Family family{"llama", "llama", {}, true, false};
  Network network(tiny_shape(family), {}, {.precision = Precision::kF32});
  fill_weights(network, 5);
  Batch batch = make_batch();
  double each = 0;
  for (std::size_t i = 0; i < batch.targets.size(); ++i) {
    Batch only = batch;
    only.targets.assign(batch.targets.size(), kNoTarget);
    only.targets[i] = batch.targets[i];
    const double loss = network.measure(only);
    EXPECT_EQ(loss == 0.0, batch.targets[i] == kNoTarget) << i;
    each += loss;
  }
  EXPECT_NEAR(network.measure(batch), each, 1e-3);
}

TEST(Network, ComputesWithHalvesAlmostWhatItComputesWithFloats) {
  const Family family{"llama", "llama", {}, true, false};
  const Batch batch = make_batch();
  double losses[2];
  for (const auto precision : {Precision::kBf16, Precision::kF32}) {
    Network network(tiny_shape(family), {}, {.precision = precision});
    fill_weights(network, 5);
    losses[static_cast<std::size_t>(precision)] = network.learn(batch, 1.0F);
  }
  EXPECT_NEAR(losses[0], losses[1], 0.01 * losses[1]);
}

}  // namespace
}  // namespace hearth::train
