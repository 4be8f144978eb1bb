#include "tool/output_clip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"

namespace hearth::tool {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

TEST(OutputClip, WhatFitsIsKeptAndHeardWhole) {
  std::string heard;
  const Hearing hear = [&](std::string_view piece) {
    EXPECT_TRUE(base::is_utf8(piece));
    heard += piece;
  };
  OutputClip clip(16, hear);
  const std::string text = "grün, größer";  // cut within characters
  for (const char byte : text)
    clip.take(std::string_view(&byte, 1));
  EXPECT_EQ(clip.text(), text);
  EXPECT_EQ(heard, text);
}

TEST(OutputClip, OfMoreTheHeadAndTheTailAreKept) {
  const Hearing deaf;
  OutputClip clip(10, deaf);
  for (int i = 0; i < 1000; ++i)
    clip.take("0123456789");
  EXPECT_EQ(clip.text(), "01234\n[… 9990 bytes are left out here …]\n56789");
  EXPECT_EQ(clip.total_bytes(), 10'000U);
}

TEST(OutputClip, NoCharacterIsCutInTwoAndEveryByteIsCounted) {
  const Hearing deaf;
  OutputClip clip(11, deaf);
  std::string text;
  for (int i = 0; i < 100; ++i)
    text += "€";  // three bytes
  clip.take(text);
  EXPECT_EQ(clip.text(), "€€\n[… 291 bytes are left out here …]\n€");
}

TEST(OutputClip, WhatIsNoTextBecomesText) {
  const Hearing deaf;
  OutputClip clip(100, deaf);
  clip.take(
      "a\xff\xfe"
      "b\xe2\x82");
  EXPECT_TRUE(base::is_utf8(clip.text()));
  EXPECT_THAT(clip.text(), StartsWith("a"));
  OutputClip flood(64, deaf);
  for (int i = 0; i < 1000; ++i)
    flood.take(std::string(37, static_cast<char>(0x80 + i % 100)));
  EXPECT_TRUE(base::is_utf8(flood.text()));
}

TEST(OutputClip, AFloodIsHeardOnlyToItsBound) {
  std::size_t heard = 0;
  const Hearing hear = [&](std::string_view piece) { heard += piece.size(); };
  OutputClip clip(100, hear);
  for (int i = 0; i < 10'000; ++i)
    clip.take("some words\n");
  EXPECT_LE(heard, 100U);
  EXPECT_GT(heard, 40U);
  EXPECT_THAT(clip.text(), EndsWith("words\n"));
}

}  // namespace
}  // namespace hearth::tool
