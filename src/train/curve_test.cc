#include "train/curve.h"

#include <gmock/gmock.h>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "train/curve_picture.h"

namespace hearth::train {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CurvePoint point_at(std::uint64_t step) {
  CurvePoint point;
  point.step = step;
  point.tokens = step * 100;
  point.seconds = static_cast<double>(step) / 2;
  point.loss = 8.0 / static_cast<double>(step);
  if (step % 2 == 0) point.validation_loss = point.loss + 1;
  point.learning_rate = 1e-3;
  point.gradient_norm = 0.5;
  return point;
}

class CurveTest : public ::testing::Test {
 protected:
  void add(std::uint64_t after, std::uint64_t from, std::uint64_t to) {
    const auto curve = Curve::open(path_, after);
    ASSERT_TRUE(curve) << curve.error().message;
    for (std::uint64_t step = from; step <= to; ++step)
      (*curve)->add(point_at(step));
    ASSERT_TRUE((*curve)->flush());
  }
  base::testing::TemporaryFolder folder_;
  std::string path_ = folder_.file("curve.csv");
};

TEST_F(CurveTest, GivesBackWhatWasAdded) {
  add(0, 1, 5);
  const auto points = read_curve(path_);
  ASSERT_TRUE(points);
  ASSERT_EQ(points->size(), 5U);
  for (std::uint64_t step = 1; step <= 5; ++step) {
    const CurvePoint& point = (*points)[step - 1];
    EXPECT_EQ(point.step, step);
    EXPECT_EQ(point.tokens, step * 100);
    EXPECT_NEAR(point.loss, 8.0 / static_cast<double>(step), 1e-5);
    EXPECT_EQ(point.validation_loss.has_value(), step % 2 == 0);
    EXPECT_NEAR(point.learning_rate, 1e-3, 1e-9);
  }
}

TEST_F(CurveTest, ForgetsStepsThatNoCheckpointHasAndHalfALine) {
  add(0, 1, 5);
  std::ofstream(path_, std::ios::app) << "6,600,3.0,1.3";
  add(3, 4, 4);
  const auto points = read_curve(path_);
  ASSERT_TRUE(points);
  ASSERT_EQ(points->size(), 4U);
  EXPECT_EQ(points->back().step, 4U);
}

TEST_F(CurveTest, DrawsALineAndTheDotsOfValidation) {
  std::vector<CurvePoint> points;
  for (std::uint64_t step = 1; step <= 5000; ++step)
    points.push_back(point_at(step));
  const std::string picture = draw_curve(points);
  EXPECT_THAT(picture, HasSubstr("<path d=\"M"));
  EXPECT_THAT(picture, HasSubstr("<circle"));
  EXPECT_THAT(picture, HasSubstr("5000 steps"));
  EXPECT_THAT(picture, Not(HasSubstr("nan")));
  EXPECT_TRUE(picture.ends_with("</svg>\n"));
}

TEST_F(CurveTest, DrawsWhatHasNoStepsOrOnlyOne) {
  EXPECT_THAT(draw_curve({}), HasSubstr("no steps yet"));
  const CurvePoint one = point_at(1);
  EXPECT_THAT(draw_curve({&one, 1}), Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace hearth::train
