#include "train/lesson/lesson_file.h"

#include <algorithm>
#include <fstream>
#include <numeric>

#include <gmock/gmock.h>

#include "base/testing/temporary_folder.h"
#include "train/lesson/lesson_order.h"

namespace hearth::train {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t kDigest = 42;

Lesson lesson_of(std::int32_t first, std::size_t length) {
  Lesson lesson;
  for (std::size_t i = 0; i < length; ++i) {
    lesson.tokens.push_back(first + static_cast<std::int32_t>(i));
    lesson.wanted.push_back(i % 2);
  }
  return lesson;
}

class LessonFileTest : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  void write(const std::vector<Lesson>& lessons) {
    const auto writer = LessonFileWriter::create(path_, kDigest, GetParam());
    ASSERT_TRUE(writer);
    for (const Lesson& lesson : lessons)
      (*writer)->add(lesson);
    ASSERT_TRUE((*writer)->finish());
  }
  base::testing::TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/lessons";
};

TEST_P(LessonFileTest, GivesBackWhatWasWritten) {
  const auto last = static_cast<std::int32_t>(GetParam()) - 1;
  const std::vector<Lesson> lessons = {lesson_of(0, 3), lesson_of(last, 1), lesson_of(7, 20)};
  write(lessons);
  const auto file = LessonFile::open(path_, kDigest);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ((*file)->size(), 3U);
  EXPECT_EQ((*file)->tokens(), 24U);
  for (std::size_t i = 0; i < lessons.size(); ++i)
    EXPECT_EQ((*file)->lesson(i), lessons[i]) << i;
}

TEST_P(LessonFileTest, AimsEachTokenAtTheNextWhereThatIsWanted) {
  write({lesson_of(10, 4), lesson_of(20, 2)});
  const auto file = LessonFile::open(path_, kDigest);
  ASSERT_TRUE(file);
  Batch batch;
  (*file)->append(0, batch);
  (*file)->append(1, batch);
  EXPECT_THAT(batch.tokens, ElementsAre(10, 11, 12, 13, 20, 21));
  EXPECT_THAT(batch.targets, ElementsAre(11, kNoTarget, 13, kNoTarget, 21, kNoTarget));
  ASSERT_EQ(batch.segments.size(), 2U);
  EXPECT_EQ(batch.segments[1].begin, 4U);
  EXPECT_EQ(batch.segments[1].length, 2U);
}

TEST_P(LessonFileTest, IsNotTakenForOtherDataNorWhenAPartOfItIsMissing) {
  write({lesson_of(1, 5)});
  EXPECT_EQ(LessonFile::open(path_, kDigest + 1).error().code, Code::kNotFound);
  std::ifstream in(path_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::ofstream(path_, std::ios::binary) << bytes.substr(0, size);
    EXPECT_EQ(LessonFile::open(path_, kDigest).error().code, Code::kCorrupt) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(vocabularies, LessonFileTest, ::testing::Values(4096U, 32768U, 151936U));

TEST(LessonOrder, LearnsEachLessonOnceInEveryRound) {
  std::vector<std::uint32_t> lessons(100);
  std::iota(lessons.begin(), lessons.end(), 5);
  LessonOrder order(lessons, 1);
  std::vector<std::vector<std::uint32_t>> rounds(3);
  LessonPosition position;
  for (std::size_t i = 0; i < 300; ++i, position = order.after(position))
    rounds[position.round].push_back(order.at(position));
  EXPECT_NE(rounds[0], rounds[1]);
  EXPECT_NE(rounds[0], lessons);
  for (auto& round : rounds) {
    std::sort(round.begin(), round.end());
    EXPECT_EQ(round, lessons);
  }
}

TEST(LessonOrder, FollowsFromTheSeedAlone) {
  const std::vector<std::uint32_t> lessons = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  LessonOrder one(lessons, 1);
  LessonOrder same(lessons, 1);
  LessonOrder other(lessons, 2);
  std::size_t different = 0;
  for (const LessonPosition position : {LessonPosition{3, 4}, {0, 0}, {3, 5}, {1, 9}, {7, 7}}) {
    EXPECT_EQ(one.at(position), same.at(position));
    different += one.at(position) != other.at(position) ? 1 : 0;
  }
  EXPECT_GT(different, 0U);
}

}  // namespace
}  // namespace hearth::train
