#include "engine/cost_model.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

TEST(CostModel, KnowsNothingBeforeTheFirstStep) {
  EXPECT_EQ(CostModel().predict(64, 0), 0);
}

TEST(CostModel, RemembersASize) {
  CostModel cost;
  cost.learn(64, 100, 250);
  EXPECT_DOUBLE_EQ(cost.predict(64, 100), 250);
  EXPECT_DOUBLE_EQ(cost.predict(60, 100), 250.0 * 60 / 64) << "of the same class, in proportion";
}

TEST(CostModel, GuessesBetweenTwoKnownSizesOnTheLineThatJoinsThem) {
  CostModel cost;
  cost.learn(8, 100, 50);
  cost.learn(128, 100, 530);
  EXPECT_DOUBLE_EQ(cost.predict(64, 100), 274);
  EXPECT_DOUBLE_EQ(cost.predict(96, 100), 402);
  cost.learn(64, 100, 600);
  EXPECT_DOUBLE_EQ(cost.predict(96, 100), 565) << "also where the larger one costs less";
}

TEST(CostModel, GuessesAboveEverythingKnownInProportion) {
  CostModel cost;
  cost.learn(32, 100, 140);
  EXPECT_DOUBLE_EQ(cost.predict(128, 100), 560);
}

TEST(CostModel, GuessesBelowEverythingKnownInProportionDownToAQuarter) {
  CostModel cost;
  cost.learn(64, 100, 240);
  EXPECT_DOUBLE_EQ(cost.predict(32, 100), 120);
  EXPECT_DOUBLE_EQ(cost.predict(16, 100), 60);
  EXPECT_DOUBLE_EQ(cost.predict(1, 100), 60) << "a step costs something, however small";
}

TEST(CostModel, KeepsDepthsApartAndGuessesFromTheNearest) {
  CostModel cost;
  cost.learn(64, 100, 250);
  EXPECT_DOUBLE_EQ(cost.predict(64, 5000), 250);
  cost.learn(64, 3000, 700);
  EXPECT_DOUBLE_EQ(cost.predict(64, 100), 250);
  EXPECT_DOUBLE_EQ(cost.predict(64, 5000), 700);
}

TEST(CostModel, FollowsAMachineThatBecomesSlower) {
  CostModel cost;
  cost.learn(1, 0, 20);
  for (int i = 0; i < 30; ++i)
    cost.learn(1, 0, 40);
  EXPECT_NEAR(cost.predict(1, 0), 40, 1);
}

TEST(CostModel, OneStepThatWasHeldUpSaysLittle) {
  CostModel cost;
  cost.learn(1, 0, 20);
  cost.learn(1, 0, 10'000);
  EXPECT_LT(cost.predict(1, 0), 35);
}

}  // namespace
}  // namespace hearth::engine
