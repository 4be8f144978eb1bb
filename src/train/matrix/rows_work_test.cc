#include "train/matrix/rows_work.h"

#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include <gmock/gmock.h>

namespace hearth::train {
namespace {

using Numbers = std::vector<float>;

Numbers random_numbers(std::size_t count, unsigned seed, float spread = 1.0F) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0F, spread);
  Numbers numbers(count);
  for (float& number : numbers)
    number = normal(random);
  return numbers;
}

constexpr std::size_t kCounts[] = {1, 15, 16, 17, 100};
constexpr float kEpsilon = 1e-5F;

double norm_at(const Numbers& x, const Numbers& gain, std::size_t i) {
  double sum = 0;
  for (const float each : x)
    sum += static_cast<double>(each) * static_cast<double>(each);
  const double mean = sum / static_cast<double>(x.size());
  return static_cast<double>(x[i]) / std::sqrt(mean + kEpsilon) * static_cast<double>(gain[i]);
}

double swish(double gate, double up) {
  return gate / (1.0 + std::exp(-gate)) * up;
}

// How a sum of numbers, each times its gradient, changes with one of what they are made of.
double slope(Numbers& numbers, std::size_t i, const std::function<double()>& value) {
  constexpr float kStep = 1e-3F;
  const float kept = numbers[i];
  numbers[i] = kept + kStep;
  const double more = value();
  numbers[i] = kept - kStep;
  const double less = value();
  numbers[i] = kept;
  return (more - less) / (2.0 * kStep);
}

TEST(RowsWork, MakesRowsOfOneSize) {
  for (const std::size_t count : kCounts) {
    const Numbers x = random_numbers(count, 1, 3.0F);
    const Numbers gain = random_numbers(count, 2);
    Numbers to(count);
    rms_norm({gain.data(), count, kEpsilon}, x.data(), to.data());
    for (std::size_t i = 0; i < count; ++i)
      EXPECT_NEAR(to[i], norm_at(x, gain, i), 1e-5) << i << " of " << count;
  }
}

TEST(RowsWork, BringsTheGradientBackThroughANorm) {
  for (const std::size_t count : kCounts) {
    Numbers x = random_numbers(count, 1);
    Numbers gain = random_numbers(count, 2);
    const Numbers down = random_numbers(count, 3);
    Numbers x_gradient(count, 1.0F);
    Numbers gain_gradient(count, 2.0F);
    rms_norm_back({gain.data(), count, kEpsilon}, x.data(), down.data(),
                  {x_gradient.data(), gain_gradient.data()});
    const auto value = [&] {
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i)
        sum += norm_at(x, gain, i) * static_cast<double>(down[i]);
      return sum;
    };
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_NEAR(x_gradient[i] - 1.0F, slope(x, i, value), 2e-3) << i << " of " << count;
      EXPECT_NEAR(gain_gradient[i] - 2.0F, slope(gain, i, value), 2e-3) << i << " of " << count;
    }
  }
}

TEST(RowsWork, OpensAndClosesGatesAndBringsTheirGradientBack) {
  for (const std::size_t count : kCounts) {
    Numbers gate = random_numbers(count, 1, 4.0F);
    Numbers up = random_numbers(count, 2);
    const Numbers down = random_numbers(count, 3);
    gate[0] = -100.0F;  // closed, and no overflow
    Numbers out(count);
    Numbers again(count);
    Numbers gate_gradient(count);
    Numbers up_gradient(count);
    swiglu(gate.data(), up.data(), count, out.data());
    swiglu_back({gate.data(), up.data()}, down.data(), count,
                {gate_gradient.data(), up_gradient.data(), again.data()});
    for (std::size_t i = 0; i < count; ++i) {
      const auto value = [&] { return swish(gate[i], up[i]) * static_cast<double>(down[i]); };
      EXPECT_NEAR(out[i], swish(gate[i], up[i]), 1e-5);
      EXPECT_FLOAT_EQ(again[i], out[i]);
      EXPECT_NEAR(gate_gradient[i], slope(gate, i, value), 1e-3);
      EXPECT_NEAR(up_gradient[i], slope(up, i, value), 1e-3);
    }
  }
}

double softmax_at(const Numbers& row, float scale, std::size_t at) {
  double sum = 0;
  for (const float each : row)
    sum += std::exp(static_cast<double>(scale * (each - row[at])));
  return 1.0 / sum;
}

TEST(RowsWork, MakesWeightsThatSumToOneAndBringsTheirGradientBack) {
  constexpr float kScale = 0.7F;
  for (const std::size_t count : kCounts) {
    Numbers scores = random_numbers(count, 1, 3.0F);
    scores[0] += 50.0F;
    const Numbers down = random_numbers(count, 2);
    Numbers weights = scores;
    softmax(weights.data(), count, kScale);
    Numbers gradient = down;
    softmax_back(weights.data(), count, kScale, gradient.data());
    const auto value = [&] {
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i)
        sum += softmax_at(scores, kScale, i) * static_cast<double>(down[i]);
      return sum;
    };
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_NEAR(weights[i], softmax_at(scores, kScale, i), 1e-6);
      EXPECT_NEAR(gradient[i], slope(scores, i, value), 1e-3);
    }
  }
}

TEST(RowsWork, TellsHowUnlikelyTheTargetWasAndWhatWouldMakeItLikelier) {
  constexpr float kWeight = 0.25F;
  for (const std::size_t count : kCounts) {
    const std::size_t target = count / 2;
    const Numbers logits = random_numbers(count, 1, 5.0F);
    Numbers gradient = logits;
    const double loss = cross_entropy(gradient.data(), count, target, kWeight);
    EXPECT_NEAR(loss, -std::log(softmax_at(logits, 1.0F, target)), 1e-5);
    for (std::size_t i = 0; i < count; ++i) {
      const double wanted = softmax_at(logits, 1.0F, i) - (i == target ? 1.0 : 0.0);
      EXPECT_NEAR(gradient[i], kWeight * wanted, 1e-6);
    }
  }
}

}  // namespace
}  // namespace hearth::train
