// A learned vocabulary in a file, as llama.cpp's own tokenizer reads it.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "base/testing/temporary_folder.h"
#include "base/utf8.h"
#include "train/testing/seeds.h"
#include "train/testing/texts.h"

namespace hearth::train {
namespace {

using engine::SpecialEnds;
using engine::SpecialText;
using engine::Token;

// Loaded once: it is only read.
struct Written {
  Written() {
    const base::testing::TemporaryFolder folder;
    EXPECT_TRUE(write_seed_model(seed, folder.file("m.gguf")));
    model = testing::load(folder.file("m.gguf"));
  }
  SeedModel seed = testing::small_seed();
  std::unique_ptr<engine::Model> model;
};

class Tokenizer : public ::testing::Test {
 protected:
  static const Written& written() {
    static const Written once;
    return once;
  }
  static std::vector<Token> encode(std::string_view text,
                                   SpecialText special = SpecialText::kPlain) {
    return written().model->tokenize(text, special, SpecialEnds::kAdded).value();
  }
  static std::string decode(const std::vector<Token>& tokens) {
    std::string text;
    for (const Token token : tokens)
      text += written().model->piece(token).value();
    return text;
  }
  static Token special(std::string_view text) {
    return static_cast<Token>(written().seed.vocabulary.special(text));
  }
};

TEST_F(Tokenizer, UsesWhatWasLearned) {
  EXPECT_EQ(encode("the thing").size(), 2U);
  EXPECT_EQ(encode("1234").size(), 4U);
}

TEST_F(Tokenizer, PutsNothingAroundAText) {
  EXPECT_TRUE(encode("").empty());
}

TEST_F(Tokenizer, KeepsControlTokensOutOfPlainText) {
  EXPECT_THAT(encode("<|im_end|>", SpecialText::kParsed),
              ::testing::ElementsAre(special(kTurnEnd)));
  EXPECT_THAT(encode("<|im_end|>"), ::testing::Not(::testing::Contains(special(kTurnEnd))));
  EXPECT_EQ(decode(encode("<|im_end|>")), "<|im_end|>");
  EXPECT_THAT(written().model->special_texts(),
              ::testing::ElementsAre(kEndOfText, kTurnBegin, kTurnEnd));
}

TEST_F(Tokenizer, TakesTheMarksOfToolsForOneTokenOfText) {
  for (const VocabularyToken& mark : special_tokens()) {
    if (mark.kind != TokenKind::kUserDefined) continue;
    EXPECT_THAT(encode(mark.bytes), ::testing::ElementsAre(special(mark.bytes)));
    EXPECT_EQ(decode({special(mark.bytes)}), mark.bytes);
  }
}

TEST_F(Tokenizer, EndsAnswersWithATurn) {
  EXPECT_TRUE(written().model->ends_answer(special(kTurnEnd)));
  EXPECT_TRUE(written().model->ends_answer(special(kEndOfText)));
  EXPECT_FALSE(written().model->ends_answer(special(kTurnBegin)));
  EXPECT_FALSE(written().model->ends_answer(special("</tool_call>")));
}

TEST_F(Tokenizer, ReadsNoBrokenCharactersButLosesNothingElse) {
  EXPECT_EQ(decode(encode("a\xff b")), base::repair_utf8("a\xff b"));
}

RC_GTEST_FIXTURE_PROP(Tokenizer, GivesEveryTextBack, ()) {
  const std::string text = *testing::texts();
  RC_ASSERT(decode(encode(text)) == text);
}

RC_GTEST_FIXTURE_PROP(Tokenizer, GivesAnyCharactersBack, (const std::string& bytes)) {
  const std::string text = base::repair_utf8(bytes);
  RC_ASSERT(decode(encode(text)) == text);
}

RC_GTEST_FIXTURE_PROP(Tokenizer, JoinsWhatWasLearnedInTheOrderItWasLearned, ()) {
  const std::string text =
      *rc::gen::oneOf(testing::ascii_texts(), rc::gen::container<std::string>(rc::gen::elementOf(
                                                  std::string("the in.\n tgahni\"{:10o'c \r_"))));
  const auto expected = testing::encode(written().seed.vocabulary, text);
  RC_ASSERT(encode(text) == std::vector<Token>(expected.begin(), expected.end()));
}

}  // namespace
}  // namespace hearth::train
