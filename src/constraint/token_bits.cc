#include "constraint/token_bits.h"

#include <bit>

namespace hearth::constraint {

TokenBits::TokenBits(const Mask& mask) {
  std::size_t count = 0;
  for (const std::uint64_t word : mask)
    count += static_cast<std::size_t>(std::popcount(word));
  if (count * sizeof(Token) >= mask.size() * sizeof(std::uint64_t)) {
    many_ = mask;
    return;
  }
  few_.reserve(count);
  for (std::size_t place = 0; place < mask.size(); ++place) {
    for (std::uint64_t left = mask[place]; left != 0; left &= left - 1) {
      few_.push_back(
          static_cast<Token>(place * 64 + static_cast<std::size_t>(std::countr_zero(left))));
    }
  }
}

void TokenBits::add_to(Mask& mask) const {
  for (std::size_t place = 0; place < many_.size(); ++place)
    mask[place] |= many_[place];
  for (const Token token : few_)
    set_bit(mask, token);
}

std::size_t TokenBits::bytes() const {
  return few_.size() * sizeof(Token) + many_.size() * sizeof(std::uint64_t);
}

}  // namespace hearth::constraint
