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
#include "constraint/grammar.h"

namespace hearth::constraint {

inline constexpr std::size_t kWaysMax = 1'000;
inline constexpr std::size_t kForcedBytesMax = 4'096;

class Matcher {
 public:
  explicit Matcher(std::shared_ptr<const Grammar> grammar);

  // Takes the bytes in, all or none: false when they cannot come next.
  Result<bool> accept(std::string_view bytes);
  // Takes a token in: by its bytes, or where the grammar names tokens by its number.
  Result<bool> accept(Token token, std::string_view bytes);

  bool may_end() const;   // what was accepted is a whole valid text
  bool must_end() const;  // and nothing can follow it
  // The bytes that every valid continuation begins with, at most kForcedBytesMax; empty where
  // there is a choice, or where the text may end.
  std::string forced() const;
  // Bytes of a shortest text that ends what was begun; 0 where it may end. A cheap count.
  std::uint64_t bytes_to_end() const;
  // Such a text. Where only tokens can go on, nothing.
  std::optional<std::string> shortest_end() const;
};

}  // namespace hearth::constraint
