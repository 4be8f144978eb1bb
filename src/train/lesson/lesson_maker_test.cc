#include "train/lesson/lesson_maker.h"

#include <gmock/gmock.h>

#include "train/lesson/conversation.h"
#include "train/lesson/lesson_writer.h"
#include "train/testing/classroom.h"

namespace hearth::train {
namespace {

using ::testing::HasSubstr;

constexpr const char* kPlain =
    R"({"messages":[{"role":"user","content":"thin"},{"role":"assistant","content":"thief"}]})";

class LessonMakerTest : public ::testing::Test {
 protected:
  Result<MadeLessons> make(std::uint32_t context = 128) {
    const LessonSource source{{room_.at("chats.jsonl")}, room_.at("lessons"), context};
    return make_lessons(source, *model_, crew_, [](std::uint64_t) { return true; });
  }
  void write(const std::string& text) { room_.write("chats.jsonl", text); }

  testing::Classroom room_;
  std::unique_ptr<engine::Model> model_ = testing::load(room_.model());
  engine::Crew crew_{1};
};

TEST_F(LessonMakerTest, MakesLessonsOnceAndAnewWhenTheConversationsAreOthers) {
  room_.write_questions(300);
  const auto first = make();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->file->size(), 300U);
  EXPECT_EQ(first->counts.conversations, 300U);
  EXPECT_FALSE(first->counts.taken_over);
  EXPECT_TRUE(make()->counts.taken_over);
  room_.write_questions(299);
  const auto other = make();
  EXPECT_FALSE(other->counts.taken_over);
  EXPECT_EQ(other->file->size(), 299U);
}

TEST_F(LessonMakerTest, KeepsTheOrderOfTheConversations) {
  room_.write_questions(200);
  const auto made = make();
  ASSERT_TRUE(made);
  const auto writer = LessonWriter::create(*model_, LessonWriter::Way::kTemplate);
  std::ifstream lines(room_.at("chats.jsonl"));
  std::string line;
  std::size_t index = 0;
  for (; std::getline(lines, line); ++index) {
    const auto conversation = read_conversation(line);
    ASSERT_TRUE(conversation);
    EXPECT_EQ(made->file->lesson(index), (*writer)->write(*conversation)->front()) << line;
  }
  EXPECT_EQ(index, 200U);
}

TEST_F(LessonMakerTest, CutsWhatIsTooLongAndLeavesOutWhatHasNothingToLearnThen) {
  const std::string longer =
      R"({"messages":[{"role":"user","content":"thin thin thin thin thin thin thin thin"},)"
      R"({"role":"assistant","content":"thief"}]})";
  write(std::string(kPlain) + "\n\n" + longer + "\n");
  const auto whole = make();
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->file->size(), 2U);
  EXPECT_EQ(whole->counts.cut, 0U);
  const auto shorter = static_cast<std::uint32_t>(whole->file->length(0));
  ASSERT_LT(shorter, whole->file->length(1));
  const auto made = make(shorter);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->file->size(), 1U);
  EXPECT_EQ(made->counts.cut, 1U);
  EXPECT_EQ(made->counts.empty, 1U);
}

TEST_F(LessonMakerTest, NamesTheLineThatIsWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"{", "chats.jsonl:2: "},
      {R"({"messages":[{"role":"user","content":"x"}]})", "no answer to learn"},
      {R"({"messages":[{"role":"judge","content":"x"}]})", "messages[0].role"}};
  for (const auto& [line, words] : wrong) {
    write(std::string(kPlain) + "\n" + line + "\n");
    const auto made = make();
    ASSERT_FALSE(made) << line;
    EXPECT_THAT(made.error().message, HasSubstr("chats.jsonl:2: "));
    EXPECT_THAT(made.error().message, HasSubstr(words));
  }
  EXPECT_FALSE(make());  // nor is half a file taken over
}

TEST_F(LessonMakerTest, RefusesDataThatIsNotThereOrEmpty) {
  EXPECT_EQ(make().error().code, Code::kNotFound);
  write("\n\n");
  EXPECT_EQ(make().error().code, Code::kInvalidArgument);
}

// It changes texts with a certain word, which no frame can know.
constexpr const char* kMeddling =
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ 'Q' if 'thief' in message.content else message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

TEST(Frames, AreGivenUpWhenTheTemplateReadsWhatIsInATextAfterAll) {
  const base::testing::TemporaryFolder folder;
  SeedModel seed = testing::small_seed();
  seed.chat_template = kMeddling;
  ASSERT_TRUE(write_seed_model(seed, folder.file("model.gguf")));
  const auto model = testing::load(folder.file("model.gguf"));
  const auto with = LessonWriter::create(*model, LessonWriter::Way::kFrames);
  chat::Request request;
  request.messages = {{.role = chat::Role::kUser, .content = "thin"},
                      {.role = chat::Role::kAssistant, .content = "thing"}};
  // The first of a form is the template's own; kChecked behind the second the next is checked.
  constexpr std::uint64_t kFrameless = 1;
  for (std::uint64_t i = 0; i < kFrameless + kChecked; ++i)
    ASSERT_TRUE((*with)->write(request));
  EXPECT_FALSE((*with)->failed());
  request.messages[0].content = "the thief";
  ASSERT_TRUE((*with)->write(request));
  EXPECT_TRUE((*with)->failed());

  // A file of such conversations has what the template says, all the same.
  std::string lines;
  constexpr std::uint64_t kThief = kFrameless + kChecked;
  for (std::uint64_t i = 0; i <= kThief; ++i) {
    lines += std::string(R"({"messages":[{"role":"user","content":")") +
             (i == kThief ? "the thief" : "thin") +
             R"("},{"role":"assistant","content":"thing"}]})" + "\n";
  }
  engine::Crew crew{0};
  const LessonSource source{{folder.write("chats.jsonl", lines)}, folder.file("lessons"), 128};
  const auto made = make_lessons(source, *model, crew, [](std::uint64_t) { return true; });
  ASSERT_TRUE(made) << made.error().message;
  const auto without = LessonWriter::create(*model, LessonWriter::Way::kTemplate);
  ASSERT_EQ(made->file->size(), kThief + 1);
  EXPECT_EQ(made->file->lesson(kThief), (*without)->write(request)->front());
}

}  // namespace
}  // namespace hearth::train
