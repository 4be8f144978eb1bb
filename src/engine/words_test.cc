#include "engine/words.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::engine {
namespace {

RC_GTEST_PROP(Words, NumbersReadBackAsWhatWasWritten,
              (double fraction, std::uint64_t number, bool flag)) {
  std::string line = "row";
  append_number(line, fraction);
  append_number(line, number);
  append_number(line, flag ? 1 : 0);
  Words words(line);
  double fraction_read = 0;
  std::uint64_t number_read = 0;
  bool flag_read = false;
  words.require("row");
  words.number(fraction_read);
  words.number(number_read);
  words.yes_or_no(flag_read);
  RC_ASSERT(words.complete());
  RC_ASSERT(fraction_read == fraction && number_read == number && flag_read == flag);
}

TEST(Words, WhatIsNotAsAskedFailsForGood) {
  for (const char* line : {"", " ", "row", "row ", "row x", "row 1x", "row 1 ", "row  1", "row 1 2",
                           " row 1", "rows 1", "row -1", "row 4294967296"}) {
    Words words(line);
    std::uint32_t number = 0;
    words.require("row");
    words.number(number);
    EXPECT_FALSE(words.complete()) << "'" << line << "'";
  }
}

TEST(Words, AnInfiniteFractionIsNone) {
  for (const char* line : {"inf", "-inf", "nan", "1e999"}) {
    Words words(line);
    double fraction = 0;
    words.number(fraction);
    EXPECT_FALSE(words.complete()) << line;
  }
}

TEST(Words, ATextComesApartAtItsLineEnds) {
  std::string_view text = "one\n\nthree";
  EXPECT_EQ(take_line(text), "one");
  EXPECT_EQ(take_line(text), "");
  EXPECT_EQ(take_line(text), "three");
  EXPECT_TRUE(text.empty());
}

}  // namespace
}  // namespace hearth::engine
