#include "train/optimiser.h"

#include <cmath>

#include <gmock/gmock.h>

namespace hearth::train {
namespace {

Shape tiny() {
  Shape shape;
  shape.layers = 1;
  shape.width = 8;
  shape.heads = 2;
  shape.kv_heads = 1;
  shape.head_width = 4;
  shape.hidden = 12;
  shape.vocabulary = 20;
  return shape;
}

class OptimiserTest : public ::testing::Test {
 protected:
  OptimiserTest() : layout_(tiny(), {}), optimiser_(layout_), crew_(1) {
    weights_.assign(layout_.size(), 1.0F);
    gradient_.assign(layout_.size(), 0.5F);
  }
  void apply(const StepSize& size, std::uint64_t step) {
    optimiser_.apply(size, step, {weights_.data(), gradient_.data()}, crew_);
  }

  Layout layout_;
  Optimiser optimiser_;
  engine::Crew crew_;
  std::vector<float> weights_;
  std::vector<float> gradient_;
};

TEST_F(OptimiserTest, MeasuresTheLengthOfAGradient) {
  std::size_t numbers = 0;
  for (const NamedPlace& named : layout_.places())
    numbers += named.place.size();
  EXPECT_NEAR(optimiser_.norm(gradient_.data(), crew_), 0.5 * std::sqrt(numbers), 1e-6);
}

TEST_F(OptimiserTest, GoesOneRateAgainstTheGradientAtFirstWhateverItsSize) {
  apply({.rate = 0.01}, 0);
  const Place& place = layout_.layer(0).gate;
  EXPECT_NEAR(weights_[place.begin], 0.99F, 1e-6);
  EXPECT_EQ(gradient_[place.begin], 0.0F);  // ready for the next step
}

TEST_F(OptimiserTest, GoesOnAsTheRuleOfAdamSays) {
  double weight = 1.0;
  double mean = 0;
  double square = 0;
  const double gradients[] = {0.5, -0.25, 0.125};
  for (int step = 0; step < 3; ++step) {
    std::fill(gradient_.begin(), gradient_.end(), static_cast<float>(gradients[step]));
    apply({.rate = 0.1, .decay = 0.2, .gradient_scale = 0.5}, static_cast<std::uint64_t>(step));
    const double g = gradients[step] * 0.5;
    mean = 0.9 * mean + 0.1 * g;
    square = 0.95 * square + 0.05 * g * g;
    const double corrected = std::sqrt(square / (1 - std::pow(0.95, step + 1))) + 1e-8;
    weight = weight * (1 - 0.1 * 0.2) - 0.1 * (mean / (1 - std::pow(0.9, step + 1))) / corrected;
  }
  EXPECT_NEAR(weights_[layout_.layer(0).down.begin], weight, 1e-5);
}

TEST_F(OptimiserTest, LetsMatricesShrinkButNoGains) {
  std::fill(gradient_.begin(), gradient_.end(), 0.0F);
  apply({.rate = 0.1, .decay = 0.5}, 0);
  for (const NamedPlace& named : layout_.places())
    EXPECT_NEAR(weights_[named.place.begin], named.is_matrix ? 0.95F : 1.0F, 1e-6) << named.name;
}

}  // namespace
}  // namespace hearth::train
