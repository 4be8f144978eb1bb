#include "responses/response_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/testing/empty_place.h"

namespace hearth::responses {
namespace {

using db::testing::Driver;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::int64_t kNow = 1'800'000'000'000;
constexpr std::int64_t kDay = 24LL * 60 * 60 * 1000;

KeptResponse kept(const std::string& id, const std::string& previous = {},
                  const std::string& owner = "key-a") {
  return {id, owner, previous, R"({"told":")" + id + "\"}", R"(["asked"])"};
}

class ResponseStoreTest : public ::testing::TestWithParam<Driver> {
 protected:
  ResponseStore open(Bounds bounds = {}) {
    auto opened = ResponseStore::open(*database_, bounds);
    if (!opened) std::fprintf(stderr, "%s\n", opened.error().to_string().c_str());
    HEARTH_ASSERT(opened.has_value());
    return std::move(*opened);
  }
  void must_put(ResponseStore& store, const KeptResponse& response, std::int64_t now_ms = kNow) {
    const auto put = store.put(response, now_ms);
    EXPECT_TRUE(put.has_value()) << put.error().to_string();
  }
  static bool has(ResponseStore& store, const std::string& id) {
    return store.find(id, "key-a").has_value();
  }

  db::testing::EmptyPlace place_{GetParam()};
  std::unique_ptr<db::Database> database_ = place_.open();
};

INSTANTIATE_TEST_SUITE_P(Both, ResponseStoreTest, db::testing::kBothDrivers,
                         db::testing::driver_name);

TEST_P(ResponseStoreTest, AResponseComesBackAsItWasPut) {
  ResponseStore store = open();
  must_put(store, kept("resp_1"));
  must_put(store, kept("resp_2", "resp_1"));
  EXPECT_EQ(store.find("resp_2", "key-a").value(), kept("resp_2", "resp_1"));
  EXPECT_EQ(store.put(kept("resp_1"), kNow).error().code, Code::kAlreadyExists);
}

TEST_P(ResponseStoreTest, ItIsThereForItsOwnerAlone) {
  ResponseStore store = open();
  must_put(store, kept("resp_1"));
  must_put(store, kept("resp_2", "resp_1", ""));
  for (const char* other : {"key-b", ""}) {
    const auto found = store.find("resp_1", other);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::kNotFound);
    EXPECT_EQ(found.error().message, "Response with id 'resp_1' not found.");
    EXPECT_EQ(store.remove("resp_1", other).error().code, Code::kNotFound);
  }
  EXPECT_EQ(store.find_past("resp_2", "", kNow).error().context, "resp_1")
      << "the one before is not his";
  EXPECT_TRUE(has(store, "resp_1"));
}

TEST_P(ResponseStoreTest, AConversationIsAllThatCameBefore) {
  ResponseStore store = open();
  must_put(store, kept("resp_1"));
  must_put(store, kept("resp_2", "resp_1"));
  must_put(store, kept("resp_3", "resp_2"));
  must_put(store, kept("resp_3b", "resp_2"));
  const auto past = store.find_past("resp_3", "key-a", kNow);
  ASSERT_TRUE(past);
  ASSERT_THAT(*past, SizeIs(3));
  EXPECT_EQ(past->front().id, "resp_1");
  EXPECT_EQ(past->back().id, "resp_3");
  ASSERT_TRUE(store.remove("resp_2", "key-a"));
  EXPECT_EQ(store.find_past("resp_3", "key-a", kNow).error().context, "resp_2");
  EXPECT_TRUE(has(store, "resp_3")) << "it is still there by itself";
  EXPECT_EQ(store.remove("resp_2", "key-a").error().code, Code::kNotFound);
}

TEST_P(ResponseStoreTest, WhatWasUsedLongestAgoGoesFirst) {
  ResponseStore store = open({.responses = 3});
  for (int i = 1; i <= 3; ++i)
    must_put(store, kept("resp_" + std::to_string(i)), kNow + i);
  ASSERT_TRUE(store.find_past("resp_1", "key-a", kNow + 10));
  must_put(store, kept("resp_4"), kNow + 11);
  EXPECT_TRUE(has(store, "resp_1"));
  EXPECT_FALSE(has(store, "resp_2"));
  EXPECT_TRUE(has(store, "resp_3"));
  EXPECT_TRUE(has(store, "resp_4"));
}

TEST_P(ResponseStoreTest, BytesAreBoundedTogetherAndEach) {
  ResponseStore store = open({.bytes = 1000, .each_bytes = 600});
  KeptResponse large = kept("resp_1");
  large.body = std::string(500, 'x');
  must_put(store, large);
  large.id = "resp_2";
  must_put(store, large, kNow + 1);
  EXPECT_FALSE(has(store, "resp_1"));
  EXPECT_TRUE(has(store, "resp_2"));
  large.id = "resp_3";
  large.input = std::string(200, 'x');
  const auto put = store.put(large, kNow);
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, Code::kResourceExhausted);
  EXPECT_TRUE(has(store, "resp_2"));
}

TEST_P(ResponseStoreTest, WhatNobodyUsesGrowsOldAndGoes) {
  ResponseStore store = open({.unused_days = 30});
  must_put(store, kept("resp_1"));
  must_put(store, kept("resp_2"), kNow + 29 * kDay);
  EXPECT_TRUE(has(store, "resp_1"));
  must_put(store, kept("resp_3"), kNow + 31 * kDay);
  EXPECT_FALSE(has(store, "resp_1"));
  EXPECT_TRUE(has(store, "resp_2"));
}

TEST_P(ResponseStoreTest, AConversationHasAnEnd) {
  ResponseStore store = open({.past = 2});
  must_put(store, kept("resp_1"));
  must_put(store, kept("resp_2", "resp_1"));
  must_put(store, kept("resp_3", "resp_2"));
  EXPECT_TRUE(store.find_past("resp_2", "key-a", kNow));
  const auto past = store.find_past("resp_3", "key-a", kNow);
  ASSERT_FALSE(past);
  EXPECT_EQ(past.error().code, Code::kInvalidArgument);
  EXPECT_THAT(past.error().message, HasSubstr("begin a new one"));
}

}  // namespace
}  // namespace hearth::responses
