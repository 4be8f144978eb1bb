#include "cli/finetune/chat_file.h"

#include <gmock/gmock.h>

#include "base/testing/temporary_folder.h"

namespace hearth::cli::finetune {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kLine = std::string(kExampleLine) + "\n";

class ChatFileTest : public ::testing::Test {
 protected:
  Result<ChatFile> look(const std::string& text) {
    return look_at_chats(folder_.write("chats.jsonl", text));
  }
  std::string refusal(const std::string& text) {
    const auto looked = look(text);
    return looked ? "" : looked.error().message;
  }

  base::testing::TemporaryFolder folder_;
};

TEST_F(ChatFileTest, CountsItsConversations) {
  const auto file = look(kLine + "\n  \r\n" + kLine + std::string(kExampleLine));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->chats, 3U);
  EXPECT_EQ(file->bytes, 3 * kLine.size() + 4);
  EXPECT_TRUE(file->path.starts_with('/'));
}

TEST_F(ChatFileTest, IsToldFromAnotherByWhatIsInIt) {
  const std::uint64_t digest = look(kLine)->digest;
  EXPECT_EQ(look(kLine)->digest, digest);
  EXPECT_NE(look(kLine + kLine)->digest, digest);
}

TEST_F(ChatFileTest, NamesTheLineThatIsNoConversationAndShowsOneThatIs) {
  EXPECT_THAT(refusal(kLine + "\nhello\n"),
              AllOf(HasSubstr("chats.jsonl:3: "), HasSubstr(std::string(kExampleLine))));
  EXPECT_THAT(refusal(R"({"prompt":"a","completion":"b"})"), HasSubstr("messages"));
  EXPECT_THAT(refusal(R"({"messages":[]})"), HasSubstr("messages must not be empty"));
  EXPECT_THAT(refusal(R"({"messages":[{"role":"bot","content":"a"}]})"),
              HasSubstr("messages[0].role must be system, user, assistant or tool"));
  EXPECT_THAT(refusal(R"({"messages":[{"role":"user"}]})"),
              HasSubstr("messages[0] has no content"));
  EXPECT_THAT(refusal(R"({"messages":[{"role":"user","content":5}]})"),
              HasSubstr("messages[0].content must be a string"));
  EXPECT_THAT(refusal("[1,2]"), HasSubstr("must be an object with messages"));
}

TEST_F(ChatFileTest, TakesCallsOfToolsAndContentInParts) {
  EXPECT_EQ(*check_chat(R"({"messages":[{"role":"assistant","content":null,"tool_calls":[]}]})"),
            Answers::kSome);
  EXPECT_EQ(*check_chat(R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]})"),
            Answers::kNone);
}

TEST_F(ChatFileTest, HasSomethingToLearn) {
  EXPECT_THAT(refusal("\n\n"), HasSubstr("there is no conversation in"));
  EXPECT_THAT(refusal(R"({"messages":[{"role":"user","content":"a"}]})"),
              HasSubstr("none of the first 1 conversations"));
}

TEST_F(ChatFileTest, IsAFileThatCanBeRead) {
  EXPECT_EQ(look_at_chats(folder_.file("nothing.jsonl")).error().code, Code::kNotFound);
  EXPECT_THAT(look_at_chats(folder_.path()).error().message, HasSubstr("is no file"));
}

TEST_F(ChatFileTest, HasNoLineWithoutEnd) {
  EXPECT_THAT(refusal(std::string(kChatBytesMax + 1, ' ')),
              HasSubstr(":1: the line has more than"));
}

}  // namespace
}  // namespace hearth::cli::finetune
