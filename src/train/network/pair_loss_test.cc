#include "train/network/pair_loss.h"

#include <cmath>

#include <gmock/gmock.h>

#include "train/network/network.h"
#include "train/testing/pairs.h"

namespace hearth::train {
namespace {

constexpr float kTemperature = 0.5F;

// Vectors that are told instead of computed; only the width of the shape matters.
class PairLossTest : public ::testing::Test {
 protected:
  static Shape shape() {
    Shape shape;
    shape.family = "llama-embed";
    shape.layers = 1;
    shape.width = 2;
    shape.heads = shape.kv_heads = 1;
    shape.head_width = 2;
    shape.hidden = 2;
    shape.context = 8;
    shape.vocabulary = 4;
    shape.looks_both_ways = true;
    return shape;
  }
  // A text in this direction.
  std::size_t add(double angle, std::uint64_t about, std::uint64_t text) {
    batch_.texts.segments.push_back({vectors_.size() / 2, 1});
    batch_.texts.tokens.push_back(0);
    batch_.marks.push_back({about, text});
    vectors_.push_back(static_cast<float>(std::cos(angle)));
    vectors_.push_back(static_cast<float>(std::sin(angle)));
    return batch_.texts.segments.size() - 1;
  }
  void add_pair(double query, double document, std::uint64_t about) {
    const std::size_t asks = add(query, about, 100 + 2 * batch_.pairs.size());
    batch_.pairs.push_back({asks, add(document, about, 101 + 2 * batch_.pairs.size())});
  }
  double loss() { return loss_.measure(batch_, vectors_.data(), kTemperature); }
  // Of one choice, between the right one and others at these angles from what is asked.
  static double chosen(double right, const std::vector<double>& others) {
    double sum = std::exp(std::cos(right) / kTemperature);
    const double wanted = sum;
    for (const double other : others)
      sum += std::exp(std::cos(other) / kTemperature);
    return -std::log(wanted / sum);
  }

  Layout layout_{shape(), {}};
  const Kernel& kernel_ = find_kernel(Precision::kF32);
  Operands operands_{layout_, kernel_};
  engine::Crew crew_{0};
  PairLoss loss_{{layout_, kernel_, operands_, nullptr, crew_}};
  PairBatch batch_;
  std::vector<float> vectors_;
};

TEST_F(PairLossTest, IsTheMeanOfBothDirectionsOverAllPairs) {
  add_pair(0.0, 0.5, 1);
  add_pair(1.0, 2.0, 2);
  const double documents = chosen(0.5, {2.0}) + chosen(1.0, {0.5});
  const double queries = chosen(0.5, {0.5}) + chosen(1.0, {2.0});
  EXPECT_NEAR(loss(), (documents + queries) / 4, 1e-5);
}

TEST_F(PairLossTest, HoldsNearMissesOfAllPairsAgainstEveryQuery) {
  add_pair(0.0, 0.5, 1);
  add(0.2, 7, 7);
  add_pair(1.0, 2.0, 2);
  const double documents = chosen(0.5, {0.2, 2.0}) + chosen(1.0, {0.8, 0.5});
  const double queries = chosen(0.5, {0.5}) + chosen(1.0, {2.0});
  EXPECT_NEAR(loss(), (documents + queries) / 4, 1e-5);
}

TEST_F(PairLossTest, DoesNotHoldPairsAgainstEachOtherThatAreAboutTheSame) {
  add_pair(0.0, 0.5, 1);
  add_pair(1.0, 2.0, 1);
  EXPECT_NEAR(loss(), 0.0, 1e-6);
}

TEST_F(PairLossTest, DoesNotHoldTheVeryWordsOfTheDocumentAgainstIt) {
  add_pair(0.0, 0.5, 1);
  add(0.5, 7, batch_.marks[1].text);
  EXPECT_NEAR(loss(), 0.0, 1e-6);
}

TEST_F(PairLossTest, PullsADocumentTowardsItsQueryAndPushesNearMissesAway) {
  add_pair(0.0, 0.5, 1);
  const std::size_t near_miss = add(-0.2, 7, 7);
  std::vector<float> gradient(vectors_.size());
  loss_.learn(batch_, vectors_.data(), kTemperature, gradient.data());
  // Along the query, which is the first axis.
  EXPECT_LT(gradient[batch_.pairs[0].document * 2], 0.0F);
  EXPECT_GT(gradient[near_miss * 2], 0.0F);
}

}  // namespace
}  // namespace hearth::train
