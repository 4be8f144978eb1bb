#include "train/vocabulary/words.h"

#include <set>

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "train/testing/texts.h"

// llama.cpp's own cutting. It is in the library and in none of its public headers.
std::vector<std::string> unicode_regex_split(const std::string& text,
                                             const std::vector<std::string>& expressions,
                                             bool byte_encode);

namespace hearth::train {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> all;
  Words words(text);
  for (std::string_view word = words.next(); !word.empty(); word = words.next())
    all.emplace_back(word);
  return all;
}

// By the expression that llama.cpp has for kSplitName.
std::vector<std::string> words_of_llama(const std::string& text) {
  if (text.empty()) return {};
  static const std::vector<std::string> expression = {
      R"((?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|)"
      R"(\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"};
  return unicode_regex_split(text, expression, false);
}

std::set<std::size_t> cuts(const std::vector<std::string>& words) {
  std::set<std::size_t> places;
  std::size_t at = 0;
  for (const std::string& word : words)
    places.insert(at += word.size());
  return places;
}

TEST(Words, TakeTheSpaceBeforeThem) {
  EXPECT_THAT(words_of("Copy the  file."), ElementsAre("Copy", " the", " ", " file", "."));
}

TEST(Words, AreSingleDigits) {
  EXPECT_THAT(words_of("is 427+5?"), ElementsAre("is", " ", "4", "2", "7", "+", "5", "?"));
}

TEST(Words, KeepSignsAndTheLineEndsBehindThemTogether) {
  EXPECT_THAT(words_of("{\"name\": \"add\"}\n\n  x"),
              ElementsAre("{\"", "name", "\":", " \"", "add", "\"}\n\n", " ", " x"));
}

TEST(Words, AreWhatIsLeftOutOfWords) {
  EXPECT_THAT(words_of("It's we'LL"), ElementsAre("It", "'s", " we", "'LL"));
}

TEST(Words, StandAloneBeyondAsciiUpToTheNextSpace) {
  EXPECT_THAT(words_of("caf\u00e9's on"), ElementsAre("caf", "\u00e9", "'", "s", " on"));
}

RC_GTEST_PROP(Words, AreTheWholeText, (const std::string& bytes)) {
  std::string all;
  for (const std::string& word : words_of(bytes))
    all += word;
  RC_ASSERT(all == bytes);
}

RC_GTEST_PROP(Words, AreThoseOfLlamaCppInAscii, ()) {
  const std::string text = *testing::ascii_texts();
  RC_ASSERT(words_of(text) == words_of_llama(text));
}

RC_GTEST_PROP(Words, ReachNowhereAcrossACutOfLlamaCpp, ()) {
  const std::string text = *testing::texts();
  const auto ours = cuts(words_of(text));
  for (const std::size_t cut : cuts(words_of_llama(text)))
    RC_ASSERT(ours.contains(cut));
}

}  // namespace
}  // namespace hearth::train
