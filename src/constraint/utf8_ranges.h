// Ranges of code points as ranges of the bytes that encode them.
//
// Threads: pure.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "constraint/rules.h"

namespace hearth::constraint {

struct ByteRange {
  std::uint8_t first = 0;
  std::uint8_t last = 0;  // inclusive
};

// One byte of each range, one after another.
struct ByteSequence {
  std::size_t length = 0;
  std::array<ByteRange, 4> bytes = {};
};

// Together they are exactly the encodings of these code points, each once; surrogates have none.
std::vector<ByteSequence> utf8_sequences(std::vector<CodePointRange> ranges);

}  // namespace hearth::constraint
