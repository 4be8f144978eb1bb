#include "cli/keys/expiry.h"

#include <gtest/gtest.h>

namespace hearth::cli {
namespace {

constexpr std::int64_t kNowMs = 1'700'000'000'000;
constexpr std::int64_t kHourMs = 3'600'000;

TEST(Expiry, IsASpanFromNowOrTheBeginningOfADay) {
  EXPECT_EQ(parse_expiry("12h", kNowMs).value(), kNowMs + 12 * kHourMs);
  EXPECT_EQ(parse_expiry("30d", kNowMs).value(), kNowMs + 30 * 24 * kHourMs);
  EXPECT_EQ(parse_expiry("2w", kNowMs).value(), kNowMs + 14 * 24 * kHourMs);
  EXPECT_EQ(parse_expiry("2027-01-31", kNowMs).value(), 1'801'353'600'000);
  EXPECT_EQ(parse_expiry("2028-02-29", kNowMs).value(), 1'835'395'200'000);
}

TEST(Expiry, IsNothingElse) {
  for (const char* text :
       {"", "d", "0d", "-1d", "1", "1m", "1.5d", "9999999999999999999d", "2027-02-29", "2027-13-01",
        "2027-1-1", "27-01-31", "2027-01-31T00:00", "tomorrow", "2027/01/31", "+7-01-31"}) {
    const auto parsed = parse_expiry(text, kNowMs);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Code::kInvalidArgument);
  }
}

}  // namespace
}  // namespace hearth::cli
