#include "store/pull/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "store/manifest/manifest.h"

namespace hearth::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = Answer::Kind;

net::WebHead head(int status, net::WebHeaders headers) {
  return {status, std::move(headers), "https://me:key@cdn.example:8443/x?token=secret"};
}

Expected range_of(std::uint64_t begin, std::uint64_t end, std::uint64_t promised) {
  Expected expected;
  expected.range = Extent{begin, end};
  expected.promised_bytes = promised;
  return expected;
}

TEST(Answer, ARangeTellsItsPlaceAndTheSizeOfTheFile) {
  const auto answer = judge_answer(
      head(206,
           {{"Content-Range", "bytes 10-19/100"}, {"Content-Length", "10"}, {"etag", "\"a\""}}),
      range_of(10, 20, 100));
  EXPECT_EQ(answer.kind, Kind::kRange);
  EXPECT_EQ(answer.body, (Extent{10, 20}));
  EXPECT_EQ(answer.size_bytes, 100U);
  EXPECT_EQ(answer.validator, "\"a\"");
}

TEST(Answer, AShorterRangeFromTheSamePlaceIsTaken) {
  const auto answer =
      judge_answer(head(206, {{"Content-Range", "bytes 10-14/100"}}), range_of(10, 20, 0));
  EXPECT_EQ(answer.kind, Kind::kRange);
  EXPECT_EQ(answer.body, (Extent{10, 15}));
}

TEST(Answer, ASizeThatWasNotPromisedIsCorruptAndBothAreNamed) {
  for (const auto& lie :
       {head(206, {{"Content-Range", "bytes 0-9/99"}}), head(200, {{"Content-Length", "99"}}),
        head(416, {{"Content-Range", "bytes */99"}})}) {
    const auto answer = judge_answer(lie, range_of(0, 10, 100));
    EXPECT_EQ(answer.kind, Kind::kRefused);
    EXPECT_EQ(answer.error.code, Code::kCorrupt);
    EXPECT_THAT(answer.error.message, AllOf(HasSubstr("99 bytes"), HasSubstr("100 bytes")));
  }
}

TEST(Answer, WhatNobodyPromisedIsAnotherFileByNow) {
  Expected expected = range_of(0, 10, 0);
  expected.known_bytes = 100;
  expected.validator = "\"a\"";
  EXPECT_EQ(judge_answer(head(206, {{"Content-Range", "bytes 0-9/99"}}), expected).kind,
            Kind::kChanged);
  EXPECT_EQ(judge_answer(head(416, {{"Content-Range", "bytes */5"}}), expected).kind,
            Kind::kChanged);
  for (const int status : {200, 206}) {
    EXPECT_EQ(judge_answer(head(status, {{"Content-Range", "bytes 0-9/100"}, {"ETag", "\"b\""}}),
                           expected)
                  .kind,
              Kind::kChanged);
  }
  // Nothing is said, so nothing has changed.
  EXPECT_EQ(judge_answer(head(206, {{"Content-Range", "bytes 0-9/100"}}), expected).kind,
            Kind::kRange);
}

TEST(Answer, WithoutRangesTheWholeFileComes) {
  auto answer = judge_answer(head(200, {{"Content-Length", "100"}}), range_of(50, 60, 0));
  EXPECT_EQ(answer.kind, Kind::kWhole);
  EXPECT_EQ(answer.body, (Extent{0, 100}));
  answer = judge_answer(head(200, {}), range_of(0, 60, 0));
  EXPECT_EQ(answer.kind, Kind::kWhole);
  EXPECT_EQ(answer.size_bytes, 0U);
  answer = judge_answer(head(200, {}), range_of(0, 60, 77));
  EXPECT_EQ(answer.size_bytes, 77U);
}

TEST(Answer, RangesThatMakeNoSenseAreRefused) {
  const std::vector<net::WebHeaders> wrong = {
      {},
      {{"Content-Range", "bytes */100"}},
      {{"Content-Range", "bytes 11-19/100"}},
      {{"Content-Range", "bytes 10-20/100"}},
      {{"Content-Range", "bytes 9-19/100"}},
      {{"Content-Range", "bytes 10-9/100"}},
      {{"Content-Range", "bytes 10-19/15"}},
      {{"Content-Range", "bytes 10-19/*"}},
      {{"Content-Range", "bytes 10-19"}},
      {{"Content-Range", "bytes 1019/100"}},
      {{"Content-Range", "lines 10-19/100"}},
      {{"Content-Range", "bytes 10-+19/100"}},
      {{"Content-Range", "bytes 10-19/99999999999999999999999"}},
      {{"Content-Range", "bytes 10-19/18446744073709551615"}},
      {{"Content-Range", "bytes 10-19/100"}, {"Content-Length", "11"}},
      {{"Content-Range", "bytes 10-19/100"}, {"Content-Encoding", "gzip"}},
  };
  for (const auto& headers : wrong) {
    const auto answer = judge_answer(head(206, headers), range_of(10, 20, 0));
    EXPECT_EQ(answer.kind, Kind::kRefused) << ::testing::PrintToString(headers);
    EXPECT_EQ(answer.error.code, Code::kUpstream);
  }
  EXPECT_EQ(judge_answer(head(206, {{"Content-Range", "bytes 0-9/10"}}), {}).kind, Kind::kRefused);
}

TEST(Answer, SizesBeyondAllModelsAreRefused) {
  const std::string size = std::to_string(kFileBytesMax + 1);
  EXPECT_EQ(judge_answer(head(200, {{"Content-Length", size}}), range_of(0, 10, 0)).kind,
            Kind::kRefused);
  EXPECT_EQ(
      judge_answer(head(206, {{"Content-Range", "bytes 0-9/" + size}}), range_of(0, 10, 0)).kind,
      Kind::kRefused);
  EXPECT_EQ(judge_answer(head(200, {{"Content-Length", "0"}}), range_of(0, 10, 0)).kind,
            Kind::kRefused);
}

TEST(Answer, EachStatusHasItsMeaning) {
  const auto judge = [](int status) { return judge_answer(head(status, {}), range_of(0, 10, 0)); };
  for (const auto& [status, code] :
       std::vector<std::pair<int, Code>>{{401, Code::kUnauthenticated},
                                         {403, Code::kPermissionDenied},
                                         {404, Code::kNotFound},
                                         {410, Code::kNotFound},
                                         {416, Code::kUpstream},
                                         {400, Code::kUpstream},
                                         {304, Code::kUpstream},
                                         {100, Code::kUpstream}}) {
    EXPECT_EQ(judge(status).kind, Kind::kRefused) << status;
    EXPECT_EQ(judge(status).error.code, code) << status;
  }
  for (const int status : {408, 425, 429, 500, 502, 503, 504, 599})
    EXPECT_EQ(judge(status).kind, Kind::kLater) << status;
  EXPECT_EQ(judge(429).error.code, Code::kResourceExhausted);
  EXPECT_EQ(judge(503).error.code, Code::kUnavailable);
}

TEST(Answer, HearsForHowLongItIsToWait) {
  const auto wait = [](const std::string& text) {
    return judge_answer(head(429, {{"Retry-After", text}}), range_of(0, 10, 0)).retry_after_ms;
  };
  EXPECT_EQ(wait("7"), 7000);
  EXPECT_EQ(wait("99999999999"), 1'000'000'000);
  EXPECT_EQ(wait("-1"), std::nullopt);
  EXPECT_EQ(wait("Wed, 21 Oct 2026 07:28:00 GMT"), std::nullopt);
}

TEST(Answer, MessagesNameTheHostAndNoSecret) {
  for (const int status : {200, 206, 401, 403, 404, 416, 429, 500}) {
    const auto answer = judge_answer(head(status, {{"Content-Encoding", "br"}}), {});
    EXPECT_THAT(answer.error.message, AllOf(HasSubstr("cdn.example:8443"), Not(HasSubstr("secret")),
                                            Not(HasSubstr("key"))));
  }
  EXPECT_EQ(host_of("nothing"), "the server");
}

TEST(Answer, AWeakTagHoldsNoRange) {
  EXPECT_EQ(if_range_of("W/\"a\""), std::nullopt);
  EXPECT_EQ(if_range_of(""), std::nullopt);
  EXPECT_EQ(if_range_of("\"a\""), "\"a\"");
}

// Whatever the head says: what is accepted lies within what was asked for and fits the promise.
TEST(Answer, NothingIsTakenOnTrust) {
  EXPECT_TRUE(rc::check("any head", [] {
    const auto small = rc::gen::inRange<std::uint64_t>(0, 12);
    const auto text = [&] { return std::to_string(*small); };
    const std::string range = "bytes " + text() + "-" + text() + "/" + text();
    const int status = *rc::gen::element(200, 206, 416, 500);
    Expected expected = range_of(*small, 0, *small);
    expected.range->end = expected.range->begin + 1 + *small;
    const auto answer = judge_answer(
        head(status, {{"Content-Range", range}, {"Content-Length", text()}}), expected);
    if (answer.kind == Kind::kRange) {
      RC_ASSERT(answer.body.begin == expected.range->begin);
      RC_ASSERT(answer.body.end <= std::min(expected.range->end, answer.size_bytes));
      RC_ASSERT(!answer.body.empty());
    }
    if (answer.kind == Kind::kRange || answer.kind == Kind::kWhole) {
      RC_ASSERT(expected.promised_bytes == 0 || answer.size_bytes == expected.promised_bytes);
    } else {
      RC_ASSERT(!answer.error.message.empty());
    }
  }));
}

}  // namespace
}  // namespace hearth::store
