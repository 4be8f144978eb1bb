#include "access/key_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "db/testing/empty_place.h"
#include "db/testing/forked.h"

namespace hearth::access {
namespace {

using db::testing::Driver;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class KeyStoreTest : public ::testing::TestWithParam<Driver> {
 protected:
  static KeyStore open(db::Database& database) {
    auto opened = KeyStore::open(database);
    if (!opened) std::fprintf(stderr, "%s\n", opened.error().to_string().c_str());
    HEARTH_ASSERT(opened.has_value());
    return std::move(*opened);
  }
  KeyStore::NewKey must_create(const KeyTerms& terms) {
    auto made = store_.create(terms, clock_.wall_ms());
    if (!made) std::fprintf(stderr, "%s\n", made.error().to_string().c_str());
    HEARTH_ASSERT(made.has_value());
    return std::move(*made);
  }
  Error refused(const KeyTerms& terms) {
    const auto made = store_.create(terms, clock_.wall_ms());
    EXPECT_FALSE(made);
    return made ? Error{} : made.error();
  }
  InboundKey only() {
    const auto keys = store_.list();
    HEARTH_ASSERT(keys.has_value() && keys->size() == 1);
    return keys->front();
  }

  base::ManualClock clock_;
  db::testing::EmptyPlace place_{GetParam()};
  std::unique_ptr<db::Database> database_ = place_.open();
  KeyStore store_ = open(*database_);
};

INSTANTIATE_TEST_SUITE_P(Both, KeyStoreTest, db::testing::kBothDrivers, db::testing::driver_name);

TEST_P(KeyStoreTest, KeysComeBackAsTheyWereMade) {
  const KeyTerms full{.name = "Ana’s laptop",
                      .scope = Scope::kAdmin,
                      .requests_per_minute = 60,
                      .tokens_per_day = 1'000'000,
                      .expires_ms = clock_.wall_ms() + 5000};
  const auto first = must_create(full);
  clock_.advance(std::chrono::seconds(1));
  const auto second = must_create({.name = "b"});
  EXPECT_EQ(first.key.terms, full);
  EXPECT_TRUE(is_well_formed(first.secret));
  const auto database = place_.open();
  KeyStore other = open(*database);
  EXPECT_THAT(*other.list(), ElementsAre(first.key, second.key));
  EXPECT_EQ(*other.find(KeyHash::of(first.secret)), first.key);
  EXPECT_EQ(*other.find(KeyHash::of("hearth-x")), std::nullopt);
}

TEST_P(KeyStoreTest, TheSecretIsNotKept) {
  const auto made = must_create({.name = "Ana’s laptop"});
  const auto answer = database_->run("SELECT * FROM access_keys");
  ASSERT_TRUE(answer);
  for (const db::Value& value : answer->rows.at(0)) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      EXPECT_THAT(made.secret, Not(HasSubstr(*text)));
      EXPECT_THAT(*text, Not(HasSubstr(made.secret)));
    }
    if (const auto* bytes = std::get_if<db::Bytes>(&value)) {
      EXPECT_EQ(bytes->content, KeyHash::of(made.secret).bytes());
    }
  }
}

TEST_P(KeyStoreTest, TermsThatMakeNoSenseAreRefused) {
  const std::int64_t now = clock_.wall_ms();
  EXPECT_EQ(refused({.name = ""}).code, Code::kInvalidArgument);
  EXPECT_EQ(refused({.name = "a\nb"}).code, Code::kInvalidArgument);
  EXPECT_EQ(refused({.name = "\xFF"}).code, Code::kInvalidArgument);
  EXPECT_EQ(refused({.name = std::string(kKeyNameBytesMax + 1, 'a')}).code, Code::kInvalidArgument);
  EXPECT_THAT(refused({.name = "a", .requests_per_minute = 0}).message, HasSubstr("per minute"));
  EXPECT_THAT(refused({.name = "a", .tokens_per_day = -1}).message, HasSubstr("per day"));
  EXPECT_THAT(refused({.name = "a", .expires_ms = now}).message, HasSubstr("expired"));
  EXPECT_THAT(*store_.list(), IsEmpty());
}

TEST_P(KeyStoreTest, NamesAreTakenOnce) {
  must_create({.name = "a"});
  const Error error = refused({.name = "a"});
  EXPECT_EQ(error.code, Code::kAlreadyExists);
  EXPECT_THAT(error.message, HasSubstr("'a'"));
  EXPECT_THAT(*store_.list(), SizeIs(1));
}

TEST_P(KeyStoreTest, ThereIsALargestNumberOfKeys) {
  ASSERT_TRUE(database_->run(
      "INSERT INTO access_keys(id, name, hash, scope, created_ms) "
      "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1) "
      "SELECT 'key-' || n, 'name-' || n, " +
          std::string(GetParam() == Driver::kSqlite ? "CAST(n AS BLOB)" : "int8send(n)") +
          ", 1, 0 FROM numbers",
      {static_cast<std::int64_t>(kKeysMax - 1)}));
  const auto last = must_create({.name = "last"});
  EXPECT_EQ(refused({.name = "one more"}).code, Code::kResourceExhausted);
  ASSERT_TRUE(store_.remove(last.key.id));
  must_create({.name = "one more"});
}

TEST_P(KeyStoreTest, ARevokedKeyStaysAndRemembersWhen) {
  const auto made = must_create({.name = "a"});
  clock_.advance(std::chrono::seconds(1));
  const std::int64_t when = clock_.wall_ms();
  ASSERT_TRUE(store_.revoke(made.key.id, when));
  clock_.advance(std::chrono::seconds(1));
  ASSERT_TRUE(store_.revoke(made.key.id, clock_.wall_ms()));
  EXPECT_EQ(only().revoked_ms, when);
  EXPECT_EQ(store_.revoke("key-none", when).error().code, Code::kNotFound);
}

TEST_P(KeyStoreTest, ARemovedKeyIsGoneWithWhatItUsed) {
  const auto made = must_create({.name = "a"});
  ASSERT_TRUE(store_.add_tokens(made.key.id, 5, clock_.wall_ms()));
  ASSERT_TRUE(store_.remove(made.key.id));
  EXPECT_THAT(*store_.list(), IsEmpty());
  EXPECT_THAT(*store_.usage_today(clock_.wall_ms()), IsEmpty());
  EXPECT_EQ(store_.remove(made.key.id).error().code, Code::kNotFound);
  EXPECT_EQ(store_.add_tokens(made.key.id, 5, clock_.wall_ms()).error().code, Code::kNotFound);
}

TEST_P(KeyStoreTest, UsedTokensAreAddedUpForADayAndSurviveARestart) {
  const std::string id = must_create({.name = "a"}).key.id;
  const std::int64_t today = day_of(clock_.wall_ms());
  EXPECT_EQ(*store_.add_tokens(id, 5, clock_.wall_ms()), (Usage{id, today, 5}));
  EXPECT_EQ(*store_.add_tokens(id, 7, clock_.wall_ms()), (Usage{id, today, 12}));
  const auto database = place_.open();
  KeyStore again = open(*database);
  EXPECT_THAT(*again.usage_today(clock_.wall_ms()), ElementsAre(Usage{id, today, 12}));
  clock_.advance(std::chrono::hours(24));
  EXPECT_THAT(*again.usage_today(clock_.wall_ms()), IsEmpty());
  EXPECT_EQ(*again.add_tokens(id, 1, clock_.wall_ms()), (Usage{id, today + 1, 1}));
}

TEST_P(KeyStoreTest, OldDaysAreForgotten) {
  const std::string id = must_create({.name = "a"}).key.id;
  ASSERT_TRUE(store_.add_tokens(id, 5, clock_.wall_ms()));
  clock_.advance(std::chrono::hours(24 * kUsageDaysKept));
  ASSERT_TRUE(store_.add_tokens(id, 5, clock_.wall_ms()));
  EXPECT_EQ(database_->run("SELECT day FROM access_usage")->rows.size(), 2U);
  clock_.advance(std::chrono::hours(24));
  ASSERT_TRUE(store_.add_tokens(id, 5, clock_.wall_ms()));
  EXPECT_EQ(database_->run("SELECT day FROM access_usage")->rows.size(), 2U);
}

TEST_P(KeyStoreTest, TheLastUseIsWrittenOnceAMinute) {
  const std::string id = must_create({.name = "a"}).key.id;
  const auto database = place_.open();
  KeyStore other = open(*database);
  const std::int64_t first = clock_.wall_ms();
  ASSERT_TRUE(store_.note_use(id, first));
  clock_.advance(std::chrono::milliseconds(kUseNotedEveryMs - 1));
  ASSERT_TRUE(store_.note_use(id, clock_.wall_ms()));
  ASSERT_TRUE(other.note_use(id, clock_.wall_ms()));
  EXPECT_EQ(only().last_used_ms, first);
  clock_.advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(store_.note_use(id, clock_.wall_ms()));
  EXPECT_EQ(only().last_used_ms, clock_.wall_ms());
}

TEST_P(KeyStoreTest, AnotherDaemonHearsThatKeysChanged) {
  const auto database = place_.open();
  KeyStore other = open(*database);
  ASSERT_TRUE(database->listen(kKeysChannel));
  const auto heard = [&] { return !database->heard()->notifications.empty(); };
  EXPECT_FALSE(heard());
  const std::string id = must_create({.name = "a"}).key.id;
  EXPECT_TRUE(heard());
  ASSERT_TRUE(store_.revoke(id, clock_.wall_ms()));
  EXPECT_TRUE(heard());
  ASSERT_TRUE(store_.remove(id));
  EXPECT_TRUE(heard());
  EXPECT_EQ(refused({.name = ""}).code, Code::kInvalidArgument);
  EXPECT_FALSE(heard());
}

TEST(KeyStoreOfSeveralDaemons, LosesNoToken) {
  constexpr int kTimes = 100;
  for (const Driver driver : {Driver::kSqlite, Driver::kPostgres}) {
    const db::testing::EmptyPlace place(driver);
    const std::int64_t now = base::ManualClock().wall_ms();
    std::string id;
    {
      const auto database = place.open();
      id = KeyStore::open(*database)->create({.name = "a"}, now)->key.id;
    }
    const auto work = [&] {
      const auto database = place.open({.lock_wait = std::chrono::seconds(60)});
      auto store = KeyStore::open(*database);
      for (int i = 0; i < kTimes && store; ++i) {
        if (!store->add_tokens(id, 3, now)) return 1;
      }
      return store ? 0 : 2;
    };
    db::testing::Forked one(work);
    db::testing::Forked other(work);
    EXPECT_EQ(one.wait(), 0);
    EXPECT_EQ(other.wait(), 0);
    const auto database = place.open();
    EXPECT_EQ(KeyStore::open(*database)->usage_today(now)->at(0).tokens, 2 * 3 * kTimes);
  }
}

}  // namespace
}  // namespace hearth::access
