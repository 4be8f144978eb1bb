#include "cli/finetune/beginning.h"

#include <gmock/gmock.h>

namespace hearth::cli::finetune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Material material() {
  return {"/models/base.gguf", {{"/data/a.jsonl", 10, 1, 0xfedcba9876543210U}}, {}};
}

TEST(Beginning, IsTheSameWhenItIsReadAgain) {
  Beginning begun = beginning_of({}, material());
  begun.may_replace = true;
  const auto read = Beginning::parse(begun.json());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(differences(begun, *read), IsEmpty());
  EXPECT_EQ(read->json(), begun.json());
  EXPECT_TRUE(read->may_replace);
}

TEST(Beginning, LeavesOpenHowLongAndHowFastIsLearned) {
  Wishes longer;
  longer.epochs = 9;
  longer.learning_rate = 0.01;
  longer.type = "q8_0";
  longer.threads = 1;
  EXPECT_THAT(differences(beginning_of({}, material()), beginning_of(longer, material())),
              IsEmpty());
}

TEST(Beginning, TellsInWordsWhatKeepsATrainingFromGoingOn) {
  const Beginning before = beginning_of({}, material());
  Wishes other;
  other.seed = 7;
  other.context = 512;
  Material changed = material();
  changed.data.front().digest = 5;
  EXPECT_THAT(differences(before, beginning_of(other, changed)),
              ElementsAre("'/data/a.jsonl' has other conversations than then",
                          "--seed was 1 and is 7", "--context was 0 and is 512"));
  changed = material();
  changed.validation = changed.data;
  EXPECT_THAT(differences(before, beginning_of({}, changed)),
              ElementsAre("--validation was not given and is 1 file"));
}

TEST(Beginning, IsOfTheConversationsAndNotOfTheirFilesName) {
  Material moved = material();
  moved.data.front().path = "/elsewhere/b.jsonl";
  EXPECT_THAT(differences(beginning_of({}, material()), beginning_of({}, moved)), IsEmpty());
}

TEST(Beginning, SaysWhenItsFileIsDamaged) {
  const auto read = Beginning::parse(R"({"model":5})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kCorrupt);
  EXPECT_THAT(read.error().message, HasSubstr("model must be a string"));
}

}  // namespace
}  // namespace hearth::cli::finetune
