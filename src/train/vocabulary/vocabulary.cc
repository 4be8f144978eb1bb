#include "train/vocabulary/vocabulary.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

namespace hearth::train {

namespace {

constexpr std::uint64_t kPairCountMin = 2;  // what occurs once is nothing to learn from

}  // namespace

const std::vector<VocabularyToken>& special_tokens() {
  using enum TokenKind;
  static const std::vector<VocabularyToken> tokens = {
      {std::string(kEndOfText), kControl}, {std::string(kTurnBegin), kControl},
      {std::string(kTurnEnd), kControl},   {"<tools>", kUserDefined},
      {"</tools>", kUserDefined},          {"<tool_call>", kUserDefined},
      {"</tool_call>", kUserDefined},      {"<tool_response>", kUserDefined},
      {"</tool_response>", kUserDefined}};
  return tokens;
}

Result<Vocabulary> Vocabulary::learn(const std::vector<WordCount>& words, std::uint32_t size) {
  if (size < kVocabularyMin || size > kVocabularyMax) {
    return fail(Code::kInvalidArgument, fmt::format("a vocabulary has {} to {} tokens, not {}",
                                                    kVocabularyMin, kVocabularyMax, size));
  }
  Vocabulary learnt;
  std::unordered_set<std::string> known;
  for (std::uint32_t byte = 0; byte < kByteTokens; ++byte) {
    learnt.tokens.push_back({std::string(1, static_cast<char>(byte))});
    known.insert(learnt.tokens.back().bytes);
  }
  for (const VocabularyToken& token : special_tokens())
    known.insert(token.bytes);
  PairTable pairs(words);
  while (learnt.tokens.size() + special_tokens().size() < size) {
    const auto [pair, count] = pairs.take_best();
    if (count < kPairCountMin) break;
    std::string bytes = learnt.tokens[pair.left].bytes + learnt.tokens[pair.right].bytes;
    if (bytes.size() > kTokenBytesMax || !known.insert(bytes).second) continue;
    pairs.join(pair, static_cast<std::uint32_t>(learnt.tokens.size()));
    learnt.merges.push_back(pair);
    learnt.tokens.push_back({std::move(bytes)});
  }
  learnt.tokens.insert(learnt.tokens.end(), special_tokens().begin(), special_tokens().end());
  return learnt;
}

std::uint32_t Vocabulary::special(std::string_view text) const {
  const auto found =
      std::find_if(tokens.rbegin(), tokens.rend(), [&](const VocabularyToken& token) {
        return token.kind != TokenKind::kNormal && token.bytes == text;
      });
  HEARTH_ASSERT(found != tokens.rend());
  return static_cast<std::uint32_t>(tokens.rend() - found - 1);
}

}  // namespace hearth::train
