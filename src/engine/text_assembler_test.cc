#include "engine/text_assembler.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/utf8.h"

namespace hearth::engine {
namespace {

std::string assemble(TextAssembler& assembler, std::string_view text, std::size_t step) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += step) {
    out += assembler.add(text.substr(at, step));
    EXPECT_TRUE(base::is_utf8(out));
  }
  return out + assembler.finish();
}

TEST(TextAssembler, GivesOutWholeCharactersOnly) {
  TextAssembler assembler({});
  EXPECT_EQ(assembler.add("a\xE2\x82"), "a");
  EXPECT_EQ(assembler.add("\xAC"), "\xE2\x82\xAC");
}

TEST(TextAssembler, FindsAStopSequenceAcrossTokens) {
  for (std::size_t step = 1; step < 9; ++step) {
    TextAssembler assembler({"\n\nUser:"});
    EXPECT_EQ(assemble(assembler, "yes\n\nUser: no", step), "yes") << step;
    EXPECT_TRUE(assembler.stopped());
  }
}

TEST(TextAssembler, LetsGoOfWhatOnlyLookedLikeAStopSequence) {
  TextAssembler assembler({"STOP"});
  EXPECT_EQ(assembler.add("a ST"), "a ");
  EXPECT_EQ(assembler.add("ART"), "START");
  EXPECT_EQ(assembler.add("ST"), "");
  EXPECT_EQ(assembler.finish(), "ST");
}

TEST(TextAssembler, AMarkEndsTheTextWhereItIsNotText) {
  using Marks = TextAssembler::Marks;
  for (const Marks marks : {Marks::kEnd, Marks::kText}) {
    const bool heard = marks == Marks::kEnd;
    TextAssembler assembler({"stop"}, {"</end>"});
    std::string text = assembler.add("a </e");
    EXPECT_EQ(text, "a ");
    assembler.take_marks_for(marks);
    text += assembler.add("nd> b");
    EXPECT_EQ(text, heard ? "a " : "a </end> b");
    EXPECT_EQ(assembler.stopped(), heard);
    text += assembler.add(" stop");
    EXPECT_EQ(text, heard ? "a " : "a </end> b ");
    EXPECT_TRUE(assembler.stopped());
    EXPECT_EQ(assembler.stopped_by(), heard ? "" : "stop");
  }
}

TEST(TextAssembler, TheEarliestStopSequenceWins) {
  TextAssembler assembler({"world", "lo"});
  EXPECT_EQ(assemble(assembler, "hello world", 3), "hel");
  EXPECT_EQ(assembler.stopped_by(), "lo");
}

TEST(TextAssembler, HoldsBackWhatMayBeTheBeginningOfAnyStopSequence) {
  TextAssembler assembler({"b", "abc"});
  EXPECT_EQ(assembler.add("xa"), "x");
  EXPECT_EQ(assembler.add("b"), "a");  // the shorter one is there, whatever comes next
  EXPECT_TRUE(assembler.stopped());
}

TEST(TextAssembler, AStopSequenceMayBeginInTheMiddleOfARepetition) {
  TextAssembler assembler({"aab"});
  EXPECT_EQ(assembler.add("aa"), "");
  EXPECT_EQ(assembler.add("a"), "a");
  EXPECT_EQ(assembler.add("b"), "");
  EXPECT_TRUE(assembler.stopped());
}

TEST(TextAssembler, AStopSequenceMayEndInTheMiddleOfACharactersToken) {
  TextAssembler assembler({"\xE2\x82\xAC!"});
  EXPECT_EQ(assembler.add("5 \xE2\x82"), "5 ");
  EXPECT_EQ(assembler.add("\xAC"), "");
  EXPECT_EQ(assembler.add("?"), "\xE2\x82\xAC?");
  EXPECT_EQ(assembler.add("\xE2"), "");
  EXPECT_EQ(assembler.add("\x82\xAC! more"), "");
  EXPECT_TRUE(assembler.stopped());
}

TEST(TextAssembler, CountsBytesAsTheyCame) {
  TextAssembler assembler({"STOP"});
  assembler.add("\xFFyS");
  EXPECT_EQ(assembler.taken_in(), 3U);
  EXPECT_EQ(assembler.given_out(), 2U);  // the repaired byte counts once
  assembler.add("TOP, and more");
  EXPECT_EQ(assembler.given_out(), 2U);
}

TEST(TextAssembler, ReplacesBytesThatCannotBecomeText) {
  TextAssembler assembler({});
  EXPECT_EQ(assembler.add("a\xFF"), "a\xEF\xBF\xBD");
  EXPECT_EQ(assembler.add("\xE2\x82"), "");
  EXPECT_EQ(assembler.add("b"),
            "\xEF\xBF\xBD"
            "b");
}

TEST(TextAssembler, LeavesOutACharacterThatNeverBecameWhole) {
  TextAssembler assembler({"!\xE2\x82\xAC"});
  EXPECT_EQ(assembler.add("5 !\xE2\x82"), "5 ");
  EXPECT_EQ(assembler.finish(), "!");
  EXPECT_EQ(assembler.given_out(), assembler.taken_in());
}

RC_GTEST_PROP(TextAssembler, CutsLikeTheWholeTextHoweverItIsSplit, (std::string text)) {
  const std::string stop = "ab";
  const auto step = static_cast<std::size_t>(*rc::gen::inRange(1, 5));
  TextAssembler assembler({stop});
  const std::string out = assemble(assembler, text, step);
  const std::size_t end = text.find(stop);
  std::string said = text.substr(0, end);
  if (end == std::string::npos) said.resize(said.size() - base::unfinished_utf8_suffix(said));
  RC_ASSERT(out == base::repair_utf8(said));
}

}  // namespace
}  // namespace hearth::engine
