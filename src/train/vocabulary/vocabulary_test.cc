#include "train/vocabulary/vocabulary.h"

#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "train/testing/byte_pairs.h"
#include "train/testing/texts.h"

namespace hearth::train {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using testing::learn;
using ::testing::Not;

constexpr const char* kRhyme =
    "the thin thief thinks that the thing is there; the other thing is other than the thin one, "
    "and seven swans swim south while some swans swim north";

std::vector<std::string> learned_tokens(const Vocabulary& vocabulary) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < vocabulary.merges.size(); ++i)
    texts.push_back(vocabulary.tokens[kByteTokens + i].bytes);
  return texts;
}

TEST(Vocabulary, JoinsTheMostFrequentPairsFirst) {
  EXPECT_THAT(learned_tokens(learn({"low low low lowest newest newest wide"}, kVocabularyMin)),
              ElementsAre("lo", "low", " low", "es", "est", " n", "ew", " new", " newest"))
      << "of equally frequent pairs, that of the older tokens";
}

TEST(Vocabulary, HasEveryByteAndEverySpecialToken) {
  const Vocabulary learned = learn({kRhyme}, kVocabularyMin);
  for (std::uint32_t byte = 0; byte < kByteTokens; ++byte)
    EXPECT_EQ(learned.tokens[byte].bytes, std::string(1, static_cast<char>(byte)));
  for (const VocabularyToken& special : special_tokens()) {
    const VocabularyToken& token = learned.tokens[learned.special(special.bytes)];
    EXPECT_EQ(token.bytes, special.bytes);
    EXPECT_EQ(token.kind, special.kind);
  }
}

TEST(Vocabulary, IsNoLargerThanAskedAndSmallerWhereNothingIsLeft) {
  EXPECT_EQ(learn({kRhyme, kRhyme}, kVocabularyMin).tokens.size(), kVocabularyMin);
  const Vocabulary whole = learn({kRhyme}, kVocabularyMax);
  EXPECT_LT(whole.tokens.size(), 310U);
  EXPECT_THAT(learned_tokens(whole), Contains(" thing"));
  EXPECT_THAT(learned_tokens(whole), Not(Contains("thief")));  // once only
}

TEST(Vocabulary, RefusesASizeBeyondItsLimits) {
  for (const std::uint32_t size : {kVocabularyMin - 1, kVocabularyMax + 1}) {
    const auto learned = Vocabulary::learn({}, size);
    ASSERT_FALSE(learned);
    EXPECT_EQ(learned.error().code, Code::kInvalidArgument);
    EXPECT_THAT(learned.error().message, ::testing::HasSubstr(std::to_string(size)));
  }
}

TEST(Vocabulary, NeverMakesATokenThatIsTooLongOrASpecialOne) {
  const std::string rule(200, '-');
  const Vocabulary learned = learn({rule, rule, "<tools> <tools> <tools>"}, kVocabularyMax);
  for (const std::string& token : learned_tokens(learned)) {
    EXPECT_LE(token.size(), kTokenBytesMax);
    EXPECT_NE(token, "<tools>");
  }
  EXPECT_THAT(learned_tokens(learned), Contains(std::string(kTokenBytesMax, '-')));
}

TEST(Vocabulary, TakesEqualWordsInAnyOrder) {
  const Vocabulary one = learn({"so it is", "is it so"}, kVocabularyMin);
  const Vocabulary other = learn({"is it so", "so it is"}, kVocabularyMin);
  EXPECT_EQ(learned_tokens(one), learned_tokens(other));
}

// All pairs counted anew for every merge.
std::vector<std::string> learn_slowly(const std::vector<WordCount>& words, std::size_t merges) {
  Vocabulary learned;
  std::set<TokenPair, decltype([](TokenPair a, TokenPair b) {
             return std::pair(a.left, a.right) < std::pair(b.left, b.right);
           })>
      passed;
  std::set<std::string> known;
  for (std::uint32_t byte = 0; byte < kByteTokens; ++byte) {
    learned.tokens.push_back({std::string(1, static_cast<char>(byte))});
    known.insert(learned.tokens.back().bytes);
  }
  while (learned.merges.size() < merges) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> counts;
    for (const WordCount& word : words) {
      std::vector<std::uint32_t> tokens = testing::byte_tokens(word.word);
      testing::join_all(learned, tokens);
      for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
        counts[{tokens[i], tokens[i + 1]}] += word.count;
    }
    auto best = counts.end();
    for (auto at = counts.begin(); at != counts.end(); ++at) {
      const bool taken = passed.contains({at->first.first, at->first.second});
      if (!taken && (best == counts.end() || at->second > best->second)) best = at;
    }
    if (best == counts.end() || best->second < 2) break;
    const TokenPair pair{best->first.first, best->first.second};
    passed.insert(pair);
    const std::string bytes = learned.tokens[pair.left].bytes + learned.tokens[pair.right].bytes;
    if (bytes.size() > kTokenBytesMax || !known.insert(bytes).second) continue;
    learned.merges.push_back(pair);
    learned.tokens.push_back({bytes});
  }
  return learned_tokens(learned);
}

RC_GTEST_PROP(Vocabulary, IsTheOneThatCountingAnewWouldGive, ()) {
  constexpr std::size_t kFirst = 12;
  WordCounts counts;
  counts.add(*testing::texts());
  counts.add(*testing::texts());
  const auto words = counts.sorted();
  auto quickly = learned_tokens(Vocabulary::learn(words, kVocabularyMin).value());
  quickly.resize(std::min(quickly.size(), kFirst));
  RC_ASSERT(quickly == learn_slowly(words, kFirst));
}

}  // namespace
}  // namespace hearth::train
