#include <fstream>
#include <limits>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cancellation.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/replacement.h"
#include "base/result.h"
#include "base/units.h"

namespace hearth::base {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(Code::kInvalidArgument, "odd");
  return number / 2;
}

Result<int> quarter(int number) {
  const int once = HEARTH_TRY(half(number));
  return HEARTH_TRY(half(once));
}

Result<void> check(int number) {
  HEARTH_TRY(half(number));
  return {};
}

TEST(Result, TryYieldsTheValueOrHandsTheErrorUp) {
  EXPECT_EQ(quarter(8), 2);
  EXPECT_EQ(quarter(6).error().code, Code::kInvalidArgument);
  EXPECT_TRUE(check(2).has_value());
  EXPECT_FALSE(check(3).has_value());
}

TEST(Result, AnAssertThatDoesNotHoldEndsTheProgram) {
  EXPECT_DEATH(HEARTH_ASSERT(1 + 1 == 3), "1 \\+ 1 == 3");
}

TEST(Error, EveryCodeHasANameAndAWayBack) {
  std::set<std::string_view> names;
  for (std::uint8_t number = 1; number <= 16; ++number) {
    const Code code = code_from_number(number);
    EXPECT_EQ(static_cast<std::uint8_t>(code), number);
    names.insert(code_name(code));
  }
  EXPECT_EQ(names.size(), 16U);
  EXPECT_EQ(code_from_number(0), Code::kInternal);
  EXPECT_EQ(code_from_number(99), Code::kInternal);
}

TEST(Log, ATextLineCannotBeForged) {
  const std::string line = log::format_line(log::Format::kText, log::Level::kInfo, 0, "said",
                                            {{"by", "a\n2026 error \"b\""}, {"times", 3}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line, "1970-01-01T00:00:00.000Z info    said by=\"a\\n2026 error \\\"b\\\"\" times=3");
}

TEST(Log, AJsonLineEscapesWhatItMust) {
  const std::string line =
      log::format_line(log::Format::kJson, log::Level::kError, 1500, "broken",
                       {{"bytes", std::string_view("\xFF\x01", 2)}, {"ok", false}});
  EXPECT_EQ(line,
            "{\"time\":\"1970-01-01T00:00:01.500Z\",\"level\":\"error\",\"message\":\"broken\","
            "\"bytes\":\"\xEF\xBF\xBD\\u0001\",\"ok\":false}");
}

TEST(Ids, AreDifferentAndSortByTime) {
  const std::string first = make_id("req");
  EXPECT_EQ(first.size(), 4U + 26U);
  EXPECT_TRUE(first.starts_with("req-"));
  EXPECT_NE(first, make_id("req"));
}

TEST(Units, AreWrittenAsPeopleReadThem) {
  EXPECT_EQ(format_bytes(986), "986 B");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(12 * kGiB), "12.0 GiB");
}

TEST(Cancellation, TokensSeeTheirSource) {
  CancelSource source;
  const CancelToken token = source.token();
  EXPECT_FALSE(token.cancelled());
  source.cancel();
  EXPECT_TRUE(token.cancelled());
  EXPECT_FALSE(CancelToken().cancelled());
}

TEST(Clock, AManualClockGoesWhereItIsSent) {
  ManualClock clock;
  const TimePoint before = clock.now();
  const std::int64_t wall = clock.wall_ms();
  clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(to_ms(clock.now() - before), 2000.0);
  EXPECT_EQ(clock.wall_ms() - wall, 2000);
}

class FileTest : public ::testing::Test {
 protected:
  std::string path_ = ::testing::TempDir() + "hearth_file_test_" + std::to_string(::getpid());
  ~FileTest() override { ::unlink(path_.c_str()); }
};

TEST_F(FileTest, AReplacedFileIsWholeAndHasItsMode) {
  ASSERT_TRUE(replace_file(path_, "first", 0600).has_value());
  ASSERT_TRUE(replace_file(path_, "second", 0600).has_value());
  EXPECT_EQ(load_text_file(path_, 100), "second");
  struct stat facts{};
  ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(FileTest, AFileOverTheLimitIsRefused) {
  ASSERT_TRUE(replace_file(path_, std::string(1000, 'x'), 0600).has_value());
  EXPECT_EQ(load_text_file(path_, 999).error().code, Code::kResourceExhausted);
}

TEST_F(FileTest, AMissingFileIsNotFoundAndNamed) {
  const auto content = load_text_file(path_, 10);
  EXPECT_EQ(content.error().code, Code::kNotFound);
  EXPECT_NE(content.error().message.find(path_), std::string::npos);
}

TEST_F(FileTest, ReplacingInAMissingFolderLeavesNothing) {
  EXPECT_FALSE(replace_file(path_ + "/no/file", "x", 0600).has_value());
}

TEST_F(FileTest, AReplacementThatIsNotFinishedLeavesTheOldFileAndNothingElse) {
  ASSERT_TRUE(replace_file(path_, "old", 0600).has_value());
  std::string unfinished;
  {
    auto file = Replacement::begin(path_, 0600);
    ASSERT_TRUE(file.has_value());
    unfinished = file->unfinished();
    ASSERT_TRUE(file->write("half").has_value());
    EXPECT_EQ(load_text_file(unfinished, 100), "half");
  }
  EXPECT_EQ(load_text_file(path_, 100), "old");
  EXPECT_NE(::access(unfinished.c_str(), F_OK), 0);
}

TEST_F(FileTest, AReplacementIsWhatALibraryWroteUnderItsName) {
  auto file = Replacement::begin(path_, 0600);
  ASSERT_TRUE(file.has_value());
  {
    std::ofstream(file->unfinished()) << "by name";
  }
  ASSERT_TRUE(file->finish().has_value());
  EXPECT_EQ(load_text_file(path_, 100), "by name");
}

TEST(Fd, RoomIsMadeForDescriptorsAsFarAsTheSystemLets) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  EXPECT_TRUE(ensure_descriptors(200));
  rlimit now{};
  ::getrlimit(RLIMIT_NOFILE, &now);
  EXPECT_EQ(now.rlim_cur, 200U);
  EXPECT_TRUE(ensure_descriptors(100)) << "it is never lowered";
  ::getrlimit(RLIMIT_NOFILE, &now);
  EXPECT_EQ(now.rlim_cur, 200U);
  EXPECT_FALSE(ensure_descriptors(std::numeric_limits<std::size_t>::max() / 2));
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(Fd, OwnsItsDescriptor) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Fd reader(ends[0]);
  {
    const Fd writer(ends[1]);
    ASSERT_TRUE(write_all(writer.get(), "x").has_value());
  }
  char bytes[2];
  EXPECT_EQ(::read(reader.get(), bytes, 2), 1);
  EXPECT_EQ(::read(reader.get(), bytes, 2), 0);  // the writer was closed
}

}  // namespace
}  // namespace hearth::base
