#include "process/memory.h"

#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/units.h"

namespace hearth::process {
namespace {

using base::kKiB;
using base::kMiB;

TEST(AnonymousMemory, IsReadFromTheStatusOfAProcess) {
  EXPECT_EQ(
      parse_anonymous_bytes("Name:\tx\nVmRSS:\t 900 kB\nRssAnon:\t     123 kB\nRssFile:\t7 kB\n"),
      123 * kKiB);
  for (const char* text :
       {"", "RssAnon: 5 kB", "\nRssAnon:", "\nRssAnon:\t kB\n", "\nRssAnon:\tmuch"})
    EXPECT_EQ(parse_anonymous_bytes(text), 0U) << text;
}

TEST(AnonymousMemory, OfAProcessIsAPartOfWhatItHolds) {
  const std::vector<char> held(64 * kMiB, 'x');
  const int self = ::getpid();
  EXPECT_GE(anonymous_bytes(self), held.size());
  EXPECT_LE(anonymous_bytes(self), resident_bytes(self) + kMiB);
}

TEST(AnonymousMemory, IsNoneOfAProcessThatIsGone) {
  EXPECT_EQ(anonymous_bytes(-1), 0U);
}

TEST(MemoryStall, IsAShareOfTime) {
  EXPECT_DOUBLE_EQ(parse_memory_stall("some avg10=12.50 avg60=3.00 avg300=0.10 total=81\n"
                                      "full avg10=1.00 avg60=0.00 avg300=0.00 total=3\n"),
                   0.125);
  for (const char* text : {"", "full avg10=99.00", "some avg10=", "some avg10=x", "some avg10=-1",
                           "some avg10=1e9", "some avg10=nan"})
    EXPECT_EQ(parse_memory_stall(text), 0) << text;
}

}  // namespace
}  // namespace hearth::process
