#include "access/gate.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "access/rate.h"

namespace hearth::access {
namespace {

using ::testing::HasSubstr;
using Kind = Verdict::Kind;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Rate, LetsThroughWhatABucketOfTokensWould) {
  EXPECT_TRUE(rc::check("for any rate and any times", [] {
    const auto per_minute = *rc::gen::inRange<std::int64_t>(1, 200);
    const auto pauses = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5000));
    base::ManualClock clock;
    clock.advance(seconds(5));
    Rate rate;
    // In units of a token's 60,000th, so that it is exact.
    constexpr std::int64_t kToken = 60'000;
    std::int64_t bucket = kToken * per_minute;
    for (const int pause_ms : pauses) {
      clock.advance(milliseconds(pause_ms));
      bucket = std::min(kToken * per_minute, bucket + pause_ms * per_minute);
      const base::Duration wait = rate.wait(clock.now(), per_minute);
      // One nanosecond for each that was let through is what whole nanoseconds cost.
      const bool agree =
          (wait == base::Duration(0)) == (bucket >= kToken) || std::abs(bucket - kToken) <= 1;
      RC_ASSERT(agree);
      if (wait > base::Duration(0)) continue;
      rate.take(clock.now(), per_minute);
      bucket -= kToken;
    }
  }));
}

TEST(Rate, WhoWaitsAsLongAsItSaysIsLetThrough) {
  EXPECT_TRUE(rc::check("and not a nanosecond before", [] {
    const auto per_minute = *rc::gen::inRange<std::int64_t>(1, 100'000);
    base::ManualClock clock;
    Rate rate;
    for (std::int64_t i = 0; i < per_minute; ++i) {
      RC_ASSERT(rate.wait(clock.now(), per_minute) == base::Duration(0));
      rate.take(clock.now(), per_minute);
    }
    const base::Duration wait = rate.wait(clock.now(), per_minute);
    RC_ASSERT(wait > base::Duration(0));
    clock.advance(wait - base::Duration(1));
    RC_ASSERT(rate.wait(clock.now(), per_minute) == base::Duration(1));
    clock.advance(base::Duration(1));
    RC_ASSERT(rate.wait(clock.now(), per_minute) == base::Duration(0));
  }));
}

class GateTest : public ::testing::Test {
 protected:
  // A key whose secret is its name.
  static InboundKey key(const std::string& name, Scope scope) {
    InboundKey made;
    made.id = "key-" + name;
    made.terms.name = name;
    made.terms.scope = scope;
    made.hash = KeyHash::of(name);
    return made;
  }
  Attempt with(std::optional<std::string_view> secret, Scope wanted = Scope::kInference) const {
    return {.secret = secret,
            .wanted = wanted,
            .peer = "192.0.2.1",
            .now = clock_.now(),
            .wall_ms = clock_.wall_ms()};
  }
  Verdict admit(std::optional<std::string_view> secret, Scope wanted = Scope::kInference) {
    return gate_.admit(with(secret, wanted));
  }

  base::ManualClock clock_;
  Gate gate_{0};
};

TEST_F(GateTest, WithoutKeysThisMachineMayDoEverything) {
  Attempt attempt = with(std::nullopt, Scope::kAdmin);
  attempt.from = From::kThisMachine;
  const Verdict verdict = gate_.admit(attempt);
  EXPECT_TRUE(verdict.allowed());
  EXPECT_EQ(verdict.scope, Scope::kAdmin);
  EXPECT_EQ(verdict.key_id, "");
  attempt.secret = "sk-whatever-a-client-has-to-send";
  EXPECT_TRUE(gate_.admit(attempt).allowed());
}

TEST_F(GateTest, WithoutKeysNobodyElseMayDoAnything) {
  for (const auto secret :
       {std::optional<std::string_view>(), std::optional<std::string_view>("x")}) {
    const Verdict verdict = admit(secret);
    EXPECT_EQ(verdict.kind, Kind::kUnauthenticated);
    EXPECT_THAT(verdict.message, HasSubstr("hearth keys inbound create"));
  }
}

TEST_F(GateTest, WithTheFirstKeyNobodyComesInWithoutOne) {
  gate_.set_keys({key("a", Scope::kInference)});
  Attempt attempt = with(std::nullopt);
  attempt.from = From::kThisMachine;
  EXPECT_EQ(gate_.admit(attempt).kind, Kind::kUnauthenticated);
  attempt.secret = "a";
  EXPECT_TRUE(gate_.admit(attempt).allowed());
  EXPECT_EQ(gate_.admit(attempt).key_id, "key-a");
  gate_.set_keys({});
  attempt.secret.reset();
  EXPECT_TRUE(gate_.admit(attempt).allowed()) << "the last one was removed";
}

TEST_F(GateTest, NoDateAndNoRevocationOpensTheGate) {
  InboundKey revoked = key("revoked", Scope::kAdmin);
  revoked.revoked_ms = 1;
  InboundKey expired = key("expired", Scope::kAdmin);
  expired.terms.expires_ms = clock_.wall_ms() + 1000;
  gate_.set_keys({revoked, expired});
  EXPECT_TRUE(admit("expired").allowed());
  clock_.advance(milliseconds(999));
  EXPECT_TRUE(admit("expired").allowed());
  clock_.advance(milliseconds(1));
  EXPECT_THAT(admit("expired").message, HasSubstr("expired"));
  EXPECT_EQ(admit("expired").kind, Kind::kUnauthenticated);
  EXPECT_THAT(admit("revoked").message, HasSubstr("revoked"));
  EXPECT_EQ(admit("revoked").kind, Kind::kUnauthenticated);
  EXPECT_EQ(admit("revoked").key_id, "key-revoked") << "for the audit";
  Attempt attempt = with(std::nullopt);
  attempt.from = From::kThisMachine;
  EXPECT_FALSE(gate_.admit(attempt).allowed());
}

TEST_F(GateTest, WhatGoesOnEndsWithTheKeyThatItCameInWith) {
  const auto stands = [&](const std::string& id, Scope wanted = Scope::kInference) {
    return gate_.stands(id, wanted, clock_.wall_ms());
  };
  EXPECT_TRUE(stands(""));
  InboundKey ending = key("ending", Scope::kInference);
  ending.terms.expires_ms = clock_.wall_ms() + 1000;
  ending.terms.requests_per_minute = 1;
  gate_.set_keys({ending});
  EXPECT_FALSE(stands("")) << "there is a key now, and this came in without one";
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(stands("key-ending")) << "it takes nothing from its rate";
  EXPECT_TRUE(admit("ending").allowed());
  EXPECT_FALSE(stands("key-ending", Scope::kManage));
  clock_.advance(milliseconds(1000));
  EXPECT_FALSE(stands("key-ending"));
  gate_.set_keys({});
  EXPECT_FALSE(stands("key-ending"));
}

TEST_F(GateTest, AKeyReachesAsFarAsItsScope) {
  gate_.set_keys({key("i", Scope::kInference), key("m", Scope::kManage), key("a", Scope::kAdmin)});
  EXPECT_TRUE(admit("i", Scope::kInference).allowed());
  EXPECT_TRUE(admit("m", Scope::kInference).allowed());
  EXPECT_TRUE(admit("m", Scope::kManage).allowed());
  EXPECT_TRUE(admit("a", Scope::kAdmin).allowed());
  const Verdict verdict = admit("i", Scope::kManage);
  EXPECT_EQ(verdict.kind, Kind::kPermissionDenied);
  EXPECT_THAT(verdict.message, HasSubstr("'manage'"));
  EXPECT_EQ(admit("m", Scope::kAdmin).kind, Kind::kPermissionDenied);
}

TEST_F(GateTest, TellsWhatIsWrongWithAKey) {
  gate_.set_keys({key("a", Scope::kInference)});
  EXPECT_THAT(admit("sk-123").message, HasSubstr("mistyped"));
  EXPECT_THAT(admit(make_secret()).message, HasSubstr("does not know"));
  EXPECT_EQ(admit("").kind, Kind::kUnauthenticated);
}

TEST_F(GateTest, AKeyHasARateAndSaysWhenToComeBack) {
  InboundKey limited = key("a", Scope::kInference);
  limited.terms.requests_per_minute = 3;
  gate_.set_keys({limited, key("b", Scope::kInference)});
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(admit("a").allowed());
  const Verdict verdict = admit("a");
  EXPECT_EQ(verdict.kind, Kind::kTooMany);
  EXPECT_EQ(verdict.retry_after, seconds(20));
  EXPECT_EQ(verdict.key_id, "key-a");
  EXPECT_TRUE(admit("b").allowed());
  gate_.set_keys({limited});
  EXPECT_FALSE(admit("a").allowed()) << "reading the keys again gives no one a fresh start";
  clock_.advance(seconds(20));
  EXPECT_TRUE(admit("a").allowed());
  EXPECT_FALSE(admit("a").allowed());
}

TEST_F(GateTest, WhatIsRefusedForItsScopeCostsNothing) {
  InboundKey limited = key("a", Scope::kInference);
  limited.terms.requests_per_minute = 1;
  gate_.set_keys({limited});
  EXPECT_EQ(admit("a", Scope::kAdmin).kind, Kind::kPermissionDenied);
  EXPECT_TRUE(admit("a").allowed());
}

TEST_F(GateTest, AQuotaHoldsBeforeTheDatabaseHasAnswered) {
  InboundKey limited = key("a", Scope::kInference);
  limited.terms.tokens_per_day = 100;
  gate_.set_keys({limited});
  const std::int64_t day = day_of(clock_.wall_ms());
  gate_.add_tokens("key-a", 60, clock_.wall_ms());
  gate_.add_tokens("key-b", 60, clock_.wall_ms());
  EXPECT_TRUE(admit("a").allowed());
  gate_.add_tokens("key-a", 40, clock_.wall_ms());
  gate_.set_usage({"key-a", day, 60});  // of the first of the two
  EXPECT_EQ(admit("a").kind, Kind::kQuotaUsedUp);
  clock_.advance(std::chrono::hours(24));
  gate_.add_tokens("key-a", 1, clock_.wall_ms());
  EXPECT_TRUE(admit("a").allowed()) << "it is another day";
}

TEST_F(GateTest, AQuotaLastsUntilTheNextDay) {
  InboundKey limited = key("a", Scope::kManage);
  limited.terms.tokens_per_day = 100;
  gate_.set_keys({limited});
  const std::int64_t day = day_of(clock_.wall_ms());
  gate_.set_usage({"key-a", day, 99});
  EXPECT_TRUE(admit("a").allowed());
  gate_.set_usage({"key-a", day, 100});
  gate_.set_usage({"key-a", day, 50});  // an older answer of the database
  const Verdict verdict = admit("a");
  EXPECT_EQ(verdict.kind, Kind::kQuotaUsedUp);
  EXPECT_TRUE(admit("a", Scope::kManage).allowed()) << "that takes no tokens";
  clock_.advance(verdict.retry_after - milliseconds(1));
  EXPECT_FALSE(admit("a").allowed());
  clock_.advance(milliseconds(1));
  EXPECT_EQ(day_of(clock_.wall_ms()), day + 1);
  EXPECT_TRUE(admit("a").allowed());
  gate_.set_usage({"key-a", day, 1000});
  EXPECT_TRUE(admit("a").allowed()) << "that was yesterday";
}

TEST_F(GateTest, WrongSecretsAreLimitedAndARightOneComesInAllTheSame) {
  gate_.set_keys({key("a", Scope::kInference)});
  for (std::int64_t i = 0; i < kFailuresPerMinute; ++i)
    EXPECT_EQ(admit("wrong").kind, Kind::kUnauthenticated);
  const Verdict verdict = admit("wrong");
  EXPECT_EQ(verdict.kind, Kind::kTooMany);
  EXPECT_EQ(verdict.retry_after, seconds(60 / kFailuresPerMinute));
  EXPECT_TRUE(admit("a").allowed());
  Attempt elsewhere = with("wrong");
  elsewhere.peer = "192.0.2.2";
  EXPECT_EQ(gate_.admit(elsewhere).kind, Kind::kUnauthenticated);
  clock_.advance(verdict.retry_after);
  EXPECT_EQ(admit("wrong").kind, Kind::kUnauthenticated);
}

// The gate against its description, with nothing clever in it.
TEST_F(GateTest, NobodyComesInWhoMayNot) {
  EXPECT_TRUE(rc::check("whatever is asked and whenever", [] {
    const auto scopes = rc::gen::element(Scope::kInference, Scope::kManage, Scope::kAdmin);
    base::ManualClock clock;
    Gate gate(0);
    std::vector<InboundKey> keys;
    for (const char* name : {"a", "b", "c"}) {
      InboundKey made = key(name, *scopes);
      if (*rc::gen::arbitrary<bool>()) made.terms.requests_per_minute = *rc::gen::inRange(1, 5);
      if (*rc::gen::arbitrary<bool>()) made.terms.expires_ms = clock.wall_ms() + 60'000;
      if (*rc::gen::inRange(0, 4) == 0) made.revoked_ms = 1;
      keys.push_back(made);
    }
    gate.set_keys(keys);
    std::map<std::string, std::deque<base::TimePoint>> came_in;
    for (int i = 0; i < 60; ++i) {
      clock.advance(milliseconds(*rc::gen::inRange(0, 8000)));
      const auto secret = *rc::gen::element<std::string>("a", "b", "c", "d", "");
      const Attempt attempt{.secret = secret,
                            .wanted = *scopes,
                            .from = *rc::gen::element(From::kThisMachine, From::kElsewhere),
                            .now = clock.now(),
                            .wall_ms = clock.wall_ms()};
      const Verdict verdict = gate.admit(attempt);
      RC_ASSERT(verdict.allowed() == verdict.message.empty());
      if (!verdict.allowed()) continue;
      const auto owner = std::find_if(keys.begin(), keys.end(),
                                      [&](const auto& one) { return one.terms.name == secret; });
      RC_ASSERT(owner != keys.end() && owner->id == verdict.key_id && !owner->revoked_ms);
      RC_ASSERT(includes(owner->terms.scope, attempt.wanted));
      RC_ASSERT(owner->terms.expires_ms.value_or(attempt.wall_ms + 1) > attempt.wall_ms);
      auto& times = came_in[secret];
      times.push_back(attempt.now);
      while (times.front() + minutes(1) <= attempt.now)
        times.pop_front();
      const auto most = owner->terms.requests_per_minute.value_or(1'000'000);
      RC_ASSERT(static_cast<std::int64_t>(times.size()) <= 2 * most);
    }
  }));
}

}  // namespace
}  // namespace hearth::access
