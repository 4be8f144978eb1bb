// Sets of tokens, as bits and as lists.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <vector>

#include "constraint/rules.h"

namespace hearth::constraint {

// Bit t of word t / 64.
using Mask = std::vector<std::uint64_t>;

inline void set_bit(Mask& mask, Token token) {
  const auto place = static_cast<std::uint32_t>(token);
  mask[place / 64] |= std::uint64_t{1} << (place % 64);
}
inline void clear_bit(Mask& mask, Token token) {
  const auto place = static_cast<std::uint32_t>(token);
  mask[place / 64] &= ~(std::uint64_t{1} << (place % 64));
}

// Whichever of the two takes less memory.
class TokenBits {
 public:
  TokenBits() = default;
  explicit TokenBits(const Mask& mask);

  void add_to(Mask& mask) const;
  std::size_t bytes() const;

 private:
  std::vector<Token> few_;
  Mask many_;
};

}  // namespace hearth::constraint
