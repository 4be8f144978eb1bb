#include "constraint/utf8_ranges.h"

#include <algorithm>

namespace hearth::constraint {

namespace {

constexpr char32_t kSurrogateFirst = 0xD800;
constexpr char32_t kSurrogateLast = 0xDFFF;
constexpr std::array<char32_t, 3> kLastOfLength = {0x7F, 0x7FF, 0xFFFF};

std::size_t encode(char32_t point, std::array<std::uint8_t, 4>& bytes) {
  std::size_t length = 1;
  for (const char32_t last : kLastOfLength)
    length += point > last ? 1 : 0;
  if (length == 1) {
    bytes[0] = static_cast<std::uint8_t>(point);
    return 1;
  }
  for (std::size_t i = length - 1; i > 0; --i) {
    bytes[i] = static_cast<std::uint8_t>(0x80U | (point & 0x3FU));
    point >>= 6U;
  }
  bytes[0] = static_cast<std::uint8_t>((0xF00U >> length) | point);
  return length;
}

class Splitter {
 public:
  // Cuts until all code points of a piece have as many bytes, and each byte's range is
  // independent of the others.
  void split(char32_t first, char32_t last) {
    for (const char32_t limit : kLastOfLength) {
      if (first <= limit && limit < last) return split_at(first, limit + 1, last);
    }
    for (unsigned bits = 6; last > kLastOfLength[0] && bits <= 18; bits += 6) {
      const char32_t low = (char32_t{1} << bits) - 1;
      if ((first & ~low) == (last & ~low)) continue;
      if ((first & low) != 0) return split_at(first, (first | low) + 1, last);
      if ((last & low) != low) return split_at(first, last & ~low, last);
    }
    std::array<std::uint8_t, 4> firsts{};
    std::array<std::uint8_t, 4> lasts{};
    ByteSequence sequence{.length = encode(first, firsts)};
    encode(last, lasts);
    for (std::size_t i = 0; i < sequence.length; ++i)
      sequence.bytes[i] = {firsts[i], lasts[i]};
    sequences.push_back(sequence);
  }

  std::vector<ByteSequence> sequences;

 private:
  void split_at(char32_t first, char32_t second, char32_t last) {
    split(first, second - 1);
    split(second, last);
  }
};

}  // namespace

std::vector<ByteSequence> utf8_sequences(std::vector<CodePointRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const CodePointRange& a, const CodePointRange& b) { return a.first < b.first; });
  Splitter splitter;
  const auto add = [&splitter](char32_t first, char32_t last) {
    if (first <= last) splitter.split(first, last);
  };
  char32_t next = 0;  // below it all is done
  for (std::size_t i = 0; i < ranges.size();) {
    const char32_t first = std::max(ranges[i].first, next);
    char32_t last = ranges[i].last;
    for (++i; i < ranges.size() && ranges[i].first <= last + 1; ++i)
      last = std::max(last, ranges[i].last);
    add(first, std::min<char32_t>(last, kSurrogateFirst - 1));
    add(std::max<char32_t>(first, kSurrogateLast + 1), last);
    next = last + 1;
  }
  return splitter.sequences;
}

}  // namespace hearth::constraint
