#include "train/lesson/pair_set.h"

#include <gmock/gmock.h>

#include "train/testing/classroom.h"

namespace hearth::train {
namespace {

using ::testing::HasSubstr;

class PairSetTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<PairSet>> make(const std::string& lines, std::uint32_t context = 128) {
    room_.write("pairs.jsonl", lines);
    return PairSet::make({{room_.at("pairs.jsonl")}, "", context}, *model_, crew_,
                         [](std::uint64_t) { return true; });
  }
  std::vector<engine::Token> tokens(const std::string& text) {
    return *model_->tokenize(text, engine::SpecialText::kPlain, engine::SpecialEnds::kAdded);
  }

  testing::Classroom room_{"llama-embed"};
  std::unique_ptr<engine::Model> model_ = testing::load(room_.model());
  engine::Crew crew_{1};
};

TEST_F(PairSetTest, PutsQueryDocumentAndNearMissesIntoABatch) {
  const auto set = make(R"({"query":"thin","document":"the thief","not":["the thing"]})"
                        "\n\n"
                        R"({"query":"other","document":"a clock"})"
                        "\n");
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ((*set)->size(), 2U);
  PairBatch batch;
  (*set)->append(1, batch);
  (*set)->append(0, batch);
  EXPECT_EQ(batch.texts.tokens.size(), (*set)->tokens());
  EXPECT_EQ((*set)->length(0) + (*set)->length(1), (*set)->tokens());
  ASSERT_EQ(batch.texts.segments.size(), 5U);
  EXPECT_EQ(batch.pairs[1].query, 2U);
  EXPECT_EQ(batch.pairs[1].document, 3U);
  const char* texts[] = {"other", "a clock", "thin", "the thief", "the thing"};
  for (std::size_t i = 0; i < 5; ++i) {
    const Segment& segment = batch.texts.segments[i];
    const auto* first = batch.texts.tokens.data() + segment.begin;
    EXPECT_EQ(std::vector<engine::Token>(first, first + segment.length), tokens(texts[i])) << i;
  }
}

TEST_F(PairSetTest, MarksWhatSaysTheSame) {
  const auto set = make(R"({"query":"thin","document":"the thief","about":"x"})"
                        "\n"
                        R"({"query":"other","document":"a clock","about":"x","not":["the thief"]})"
                        "\n"
                        R"({"query":"name","document":"a clock"})"
                        "\n");
  ASSERT_TRUE(set);
  PairBatch batch;
  for (std::size_t i = 0; i < 3; ++i)
    (*set)->append(i, batch);
  const auto& marks = batch.marks;
  EXPECT_EQ(marks[0].about, marks[1].about);
  EXPECT_EQ(marks[1].about, marks[3].about);
  EXPECT_NE(marks[1].about, marks[6].about);
  EXPECT_NE(marks[1].about, marks[4].about) << "a near-miss is about nothing else";
  EXPECT_EQ(marks[1].text, marks[4].text);
  EXPECT_EQ(marks[3].text, marks[6].text);
}

TEST_F(PairSetTest, CutsOffWhatIsTooLong) {
  const auto set = make(R"({"query":"thin thin thin thin thin thin","document":"thief"})", 3);
  ASSERT_TRUE(set);
  PairBatch batch;
  (*set)->append(0, batch);
  EXPECT_EQ(batch.texts.segments[0].length, 3U);
  EXPECT_EQ((*set)->counts().cut, 1U);
}

TEST_F(PairSetTest, IsToldApartByItsDataAndItsContext) {
  const std::string line = R"({"query":"thin","document":"thief"})";
  const auto first = make(line);
  EXPECT_EQ((*make(line))->digest(), (*first)->digest());
  EXPECT_NE((*make(line, 64))->digest(), (*first)->digest());
  EXPECT_NE((*make(line + "\n" + line))->digest(), (*first)->digest());
}

TEST_F(PairSetTest, SaysWhichLineIsWrong) {
  const auto wrong = make(R"({"query":"thin","document":"thief"})"
                          "\n"
                          R"({"query":"thin"})");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("pairs.jsonl:2: "));
  EXPECT_THAT(wrong.error().message, HasSubstr("document"));
  const auto none = make("\n");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("there is no pair"));
  const auto absent = PairSet::make({{room_.at("absent")}, "", 128}, *model_, crew_,
                                    [](std::uint64_t) { return true; });
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::kNotFound);
}

TEST_F(PairSetTest, EndsWhenItIsStopped) {
  room_.write("pairs.jsonl", R"({"query":"thin","document":"thief"})");
  const auto stopped = PairSet::make({{room_.at("pairs.jsonl")}, "", 128}, *model_, crew_,
                                     [](std::uint64_t) { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::kCancelled);
}

}  // namespace
}  // namespace hearth::train
