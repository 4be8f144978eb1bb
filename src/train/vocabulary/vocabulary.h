// A byte-pair vocabulary: the tokens of a model, and the order in which pairs of them are joined.
// All 256 bytes are tokens, so every text has an encoding.
//
// Threads:    a value.
// Invariants: tokens 0 to 255 are the bytes; then one token for each merge, in their order; then
//             the special tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/vocabulary/pair_table.h"
#include "train/vocabulary/word_counts.h"

namespace hearth::train {

inline constexpr std::uint32_t kByteTokens = 256;
inline constexpr std::uint32_t kVocabularyMin = 300;
inline constexpr std::uint32_t kVocabularyMax = 65536;
inline constexpr std::size_t kTokenBytesMax = 32;  // a longer one teaches a small model nothing

// The numbers are GGUF's.
enum class TokenKind : std::uint8_t {
  kNormal = 1,
  kControl = 3,     // never in what somebody wrote
  kUserDefined = 4  // a mark that is part of the text, and always one token
};

struct VocabularyToken {
  std::string bytes;
  TokenKind kind = TokenKind::kNormal;
};

inline constexpr std::string_view kEndOfText = "<|endoftext|>";
inline constexpr std::string_view kTurnBegin = "<|im_start|>";
inline constexpr std::string_view kTurnEnd = "<|im_end|>";

// Those of Qwen2.5, of the same kinds: turns are control tokens; the marks of tools are text.
const std::vector<VocabularyToken>& special_tokens();

struct Vocabulary {
  std::vector<VocabularyToken> tokens;
  std::vector<TokenPair> merges;

  // Of `size` tokens, or of fewer where the words have no more pairs that occur twice. The same
  // words give the same vocabulary.
  // Errors: kInvalidArgument for a size beyond the limits.
  static Result<Vocabulary> learn(const std::vector<WordCount>& words, std::uint32_t size);

  // REQUIRES: one of special_tokens().
  std::uint32_t special(std::string_view text) const;
};

}  // namespace hearth::train
