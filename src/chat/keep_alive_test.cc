#include "chat/keep_alive.h"

#include <chrono>

#include <gtest/gtest.h>

namespace hearth::chat {
namespace {

TEST(KeepAlive, TimesAreReadAsPeopleWriteThem) {
  const auto read = [](std::string_view text) { return parse_keep_alive(text).value(); };
  EXPECT_EQ(read("300"), std::chrono::seconds(300));
  EXPECT_EQ(read("0"), base::Duration::zero());
  EXPECT_EQ(read("5m"), std::chrono::minutes(5));
  EXPECT_EQ(read("1h30m"), std::chrono::minutes(90));
  EXPECT_EQ(read("1.5h"), std::chrono::minutes(90));
  EXPECT_EQ(read("250ms"), std::chrono::milliseconds(250));
  EXPECT_EQ(read("2m3s4ms"), std::chrono::milliseconds(123'004));
}

TEST(KeepAlive, BelowZeroAndBeyondAllLivesIsForEver) {
  for (const char* text : {"-1", "-5m", "-0.5", "99999999999999999999", "999999999999h"})
    EXPECT_EQ(parse_keep_alive(text).value(), kForEver) << text;
  EXPECT_EQ(keep_alive_of(1e300), kForEver);
}

TEST(KeepAlive, WhatIsNoTimeIsRefused) {
  for (const char* text : {"", "-", "m", "5x", "5m3", "nan", "inf", "--1", "+5", "5 m", "1e3x"})
    EXPECT_FALSE(parse_keep_alive(text).has_value()) << text;
}

}  // namespace
}  // namespace hearth::chat
