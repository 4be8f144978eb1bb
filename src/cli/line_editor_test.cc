#include "cli/line_editor.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/utf8.h"

namespace hearth::cli {
namespace {

using State = LineEditor::State;

class LineEditorTest : public testing::Test {
 protected:
  LineEditorTest() { editor_.begin(); }
  State type(std::string_view bytes) {
    State state = State::kEditing;
    for (const char byte : bytes)
      state = editor_.feed(byte);
    return state;
  }
  // The text with a bar where the cursor is.
  std::string shown() const {
    std::string text = editor_.text();
    return text.insert(editor_.cursor(), "|");
  }
  LineEditor editor_;
};

TEST_F(LineEditorTest, MovesByCharactersAndNotByBytes) {
  type("aé🙂");
  type("\x1B[D\x1B[D");
  EXPECT_EQ(shown(), "a|é🙂");
  type("\x1B[C");
  EXPECT_EQ(shown(), "aé|🙂");
  type("\x7F");
  EXPECT_EQ(shown(), "a|🙂");
  type("\x04");
  EXPECT_EQ(shown(), "a|");
}

TEST_F(LineEditorTest, KnowsTheKeysOfEveryShell) {
  type("one two three\x17");
  EXPECT_EQ(shown(), "one two |");
  type("\x01");
  EXPECT_EQ(shown(), "|one two ");
  type("\x06\x06\x0B");
  EXPECT_EQ(shown(), "on|");
  type("x\x02\x15");
  EXPECT_EQ(shown(), "|x");
  type("\x05y");
  EXPECT_EQ(shown(), "xy|");
  type("\x1B[Ha\x1B[Fz\x1B[1~\x1B[3~");
  EXPECT_EQ(shown(), "|xyz");
}

TEST_F(LineEditorTest, EnterAcceptsAndABackslashGoesOn) {
  EXPECT_EQ(type("first\\\r"), State::kEditing);
  EXPECT_EQ(shown(), "first\n|");
  EXPECT_EQ(type("second\x01"), State::kEditing);
  EXPECT_EQ(shown(), "first\n|second");
  EXPECT_EQ(type("\r"), State::kAccepted);
  EXPECT_EQ(editor_.text(), "first\nsecond");
}

TEST_F(LineEditorTest, APasteIsTextWhateverItHolds) {
  EXPECT_EQ(type("\x1B[200~a\rb\x03\x04\x15"
                 "c\x1B[Dd\x1B[201~"),
            State::kEditing);
  EXPECT_EQ(editor_.text(), "a\nbcd");
  EXPECT_EQ(type("\r"), State::kAccepted);
}

TEST_F(LineEditorTest, CtrlCInterruptsAndCtrlDEndsOnlyAnEmptyInput) {
  EXPECT_EQ(type("x\x03"), State::kInterrupted);
  EXPECT_EQ(type("\x04"), State::kEditing);
  EXPECT_EQ(type("\x7F\x04"), State::kEnded);
}

TEST_F(LineEditorTest, TheHistoryKeepsTheDraft) {
  editor_.remember("first");
  editor_.remember("second");
  editor_.remember("second");
  editor_.begin();
  type("draft\x1B[A");
  EXPECT_EQ(shown(), "second|");
  type("\x10\x10");
  EXPECT_EQ(shown(), "first|");
  type("\x1B[B\x1B[B\x0E");
  EXPECT_EQ(shown(), "draft|");
}

TEST_F(LineEditorTest, BytesThatAreNoCharacterAreRepaired) {
  type(
      "a\xFF"
      "b");
  EXPECT_TRUE(base::is_utf8(editor_.text()));
  type("\xE2\x82\r");
  EXPECT_TRUE(base::is_utf8(editor_.text()));
}

RC_GTEST_PROP(LineEditorProperty, AnyBytesLeaveValidTextAndACursorAtACharacter,
              (const std::vector<std::uint8_t>& bytes)) {
  LineEditor editor;
  editor.begin();
  editor.remember("é🙂");
  for (const std::uint8_t byte : bytes) {
    (void)editor.feed(static_cast<char>(byte));
    RC_ASSERT(editor.cursor() <= editor.text().size());
    RC_ASSERT(base::is_utf8(editor.text()));
    RC_ASSERT(base::is_utf8(std::string_view(editor.text()).substr(0, editor.cursor())));
  }
}

}  // namespace
}  // namespace hearth::cli
