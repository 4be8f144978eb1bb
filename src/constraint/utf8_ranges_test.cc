#include "constraint/utf8_ranges.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "constraint/testing/reference.h"

namespace hearth::constraint {
namespace {

// How many of the sequences these bytes are one of.
std::size_t fits(const std::vector<ByteSequence>& sequences, std::string_view bytes) {
  std::size_t count = 0;
  for (const ByteSequence& sequence : sequences) {
    bool all = sequence.length == bytes.size();
    for (std::size_t i = 0; all && i < bytes.size(); ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes[i]);
      all = sequence.bytes[i].first <= byte && byte <= sequence.bytes[i].last;
    }
    count += all ? 1 : 0;
  }
  return count;
}

std::size_t texts_of(const std::vector<ByteSequence>& sequences) {
  std::size_t texts = 0;
  for (const ByteSequence& sequence : sequences) {
    std::size_t product = 1;
    for (std::size_t i = 0; i < sequence.length; ++i)
      product *= sequence.bytes[i].last - sequence.bytes[i].first + 1U;
    texts += product;
  }
  return texts;
}

bool is_surrogate(char32_t point) {
  return point >= 0xD800 && point <= 0xDFFF;
}

TEST(Utf8Ranges, EncodeAllCodePointsButSurrogatesEachOnce) {
  const auto sequences = utf8_sequences({{0, 0x10FFFF}});
  for (char32_t point = 0; point <= 0x10FFFF; ++point)
    ASSERT_EQ(fits(sequences, encoded_for_test(point)), is_surrogate(point) ? 0U : 1U)
        << static_cast<std::uint32_t>(point);
  EXPECT_EQ(texts_of(sequences), 0x110000 - 0x800);
}

TEST(Utf8Ranges, EncodeExactlyTheirCodePoints) {
  EXPECT_TRUE(rc::check("for ranges by chance", [] {
    std::vector<CodePointRange> ranges;
    for (int left = *rc::gen::inRange(1, 5); left > 0; --left) {
      const char32_t about = *rc::gen::element(0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000,
                                               0xFFFF, 0x10000, 0x3FFFF, 0x40000, 0x10FF00);
      const char32_t first = about - *rc::gen::inRange(0, 64);
      ranges.push_back({first, first + *rc::gen::inRange(0, 200)});
    }
    const auto sequences = utf8_sequences(ranges);
    std::set<char32_t> points;
    for (const CodePointRange& range : ranges) {
      for (char32_t point = range.first; point <= range.last; ++point) {
        if (!is_surrogate(point)) points.insert(point);
      }
    }
    for (const char32_t point : points)
      RC_ASSERT(fits(sequences, encoded_for_test(point)) == 1U);
    RC_ASSERT(texts_of(sequences) == points.size());
  }));
}

}  // namespace
}  // namespace hearth::constraint
