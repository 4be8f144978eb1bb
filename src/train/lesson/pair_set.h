// The pairs of a training job as tokens, all in memory: they are short, and are made in seconds
// each time.
//
// A text has the tokens that the engine would embed: with whatever the tokenizer puts at its ends,
// and nothing in it becomes a control token.
//
// Threads: immutable once it is made.
// Errors:  kInvalidArgument with the file and the line for a pair that cannot be read;
//          kResourceExhausted above kPairTokensMax; kCancelled.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/crew.h"
#include "engine/model.h"
#include "train/lesson/lesson_maker.h"
#include "train/lesson/pair.h"
#include "train/network/pair_batch.h"

namespace hearth::train {

inline constexpr std::uint64_t kPairTokensMax = std::uint64_t{1} << 28;  // a gigabyte

class PairSet {
 public:
  // Nothing is written to the path of `source`.
  static Result<std::unique_ptr<PairSet>> make(const LessonSource& source,
                                               const engine::Model& model, engine::Crew& crew,
                                               const LessonProgress& progress);

  std::uint64_t digest() const { return digest_; }
  std::size_t size() const { return pairs_.size(); }
  std::uint64_t tokens() const { return tokens_.size(); }
  // Of its query, its document and its near-misses together.
  std::size_t length(std::size_t pair) const;
  const LessonCounts& counts() const { return counts_; }
  void append(std::size_t pair, PairBatch& batch) const;

 private:
  struct Text {
    std::uint64_t begin = 0;
    std::uint32_t length = 0;
    TextMark mark;
  };
  struct Stretch {
    std::size_t first = 0;  // the query; then the document, then the near-misses
    std::size_t texts = 0;
  };
  PairSet() = default;
  void add(const Pair& pair, const std::vector<std::vector<engine::Token>>& texts);
  void add_text(const std::vector<engine::Token>& tokens, std::uint64_t about);

  std::vector<engine::Token> tokens_;
  std::vector<Text> texts_;
  std::vector<Stretch> pairs_;
  std::uint32_t context_ = 0;
  std::uint64_t digest_ = 0;
  LessonCounts counts_;
};

}  // namespace hearth::train
