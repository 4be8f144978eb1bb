// Follows a text through a grammar: is it still the beginning of something valid, may it end
// here, what must come next, how is it ended soonest.
//
// Threads:    thread-compatible; pure.
// Invariants: what was accepted so far is always the beginning of at least one valid text.
// Errors:     kInvalidArgument when a text can be read in more ways at once than kWaysMax.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "constraint/closure.h"
#include "constraint/grammar.h"
#include "constraint/stacks.h"

namespace hearth::constraint {

inline constexpr std::size_t kForcedBytesMax = 4'096;
// Ways followed to find them, one by one: where a text can be read in many, less of it is found.
inline constexpr std::size_t kForcedWaysMax = 100'000;
inline constexpr std::uint64_t kShortestEndBytesMax = 256UL * 1024;

class Matcher {
 public:
  explicit Matcher(std::shared_ptr<const Grammar> grammar);

  // Takes the bytes in, all or none: false when they cannot come next.
  Result<bool> accept(std::string_view bytes);
  // Takes a token in: by its bytes, or where the grammar names tokens by its number.
  Result<bool> accept(Token token, std::string_view bytes);

  bool may_end() const;   // what was accepted is a whole valid text
  bool must_end() const;  // and nothing can follow it
  // The bytes that every valid continuation begins with, within kForcedBytesMax and kForcedWaysMax;
  // empty where there is a choice, or where the text may end.
  std::string forced() const;
  // Bytes of a shortest text that ends what was begun; 0 where it may end. A cheap count. Where
  // only tokens can go on, each counts as one byte.
  std::uint64_t bytes_to_end() const;
  // Such a text. Where only tokens can go on, or it has more than kShortestEndBytesMax, nothing.
  std::optional<std::string> shortest_end() const;

  // For this room.
  const Grammar& grammar() const { return *grammar_; }
  const Ways& ways() const { return ways_; }
  const Stacks& stacks() const { return stacks_; }

 private:
  Result<bool> take(std::string_view bytes, std::optional<Token> token);
  // Forgets stacks that no way uses any more, now and then.
  void tidy_stacks();
  // Where an end is nearest. REQUIRES: the text may not end here.
  Way nearest() const;

  std::shared_ptr<const Grammar> grammar_;
  Stacks stacks_;
  Ways ways_;
  std::size_t stacks_kept_ = 0;
};

}  // namespace hearth::constraint
