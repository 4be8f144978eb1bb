// What holds for both drivers: a file, and a server that the test program starts.
#include "db/database.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/utf8.h"
#include "db/testing/empty_place.h"
#include "db/testing/forked.h"

namespace hearth::db {
namespace {

using testing::Driver;
using ::testing::ElementsAre;
using testing::EmptyPlace;
using testing::Forked;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Options kImpatient{.lock_wait = std::chrono::milliseconds(50)};

class DatabaseTest : public ::testing::TestWithParam<Driver> {
 protected:
  // A table with a column of each kind and a key.
  void make_table(Database& database) const {
    must(database,
         in_words("CREATE TABLE pots(id TEXT PRIMARY KEY, whole {integer}, broken {real}, words "
                  "TEXT, raw {bytes}, CHECK (whole <> 1300000000013)) {strict}",
                  database.words()));
  }
  static Answer must(Database& database, std::string_view sql,
                     const std::vector<Value>& values = {}) {
    auto answer = database.run(sql, values);
    if (!answer) ADD_FAILURE() << sql << ": " << answer.error().to_string();
    return answer.value_or(Answer{});
  }
  static Code code_of(Database& database, std::string_view sql,
                      const std::vector<Value>& values = {}) {
    const auto answer = database.run(sql, values);
    return answer ? Code{} : answer.error().code;
  }
  static std::int64_t count(Database& database) {
    const Answer answer = must(database, "SELECT count(*) FROM pots");
    return answer.rows.empty() ? -1 : std::get<std::int64_t>(answer.rows[0][0]);
  }

  EmptyPlace place_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Both, DatabaseTest, testing::kBothDrivers, testing::driver_name);

TEST_P(DatabaseTest, EveryValueComesBackAsItWas) {
  const auto database = place_.open();
  make_table(*database);
  EXPECT_TRUE(rc::check("written and read", [&] {
    const auto number = *rc::gen::arbitrary<std::int64_t>();
    const auto real = *rc::gen::arbitrary<double>();
    const auto bytes = *rc::gen::arbitrary<std::string>();
    std::string text = base::repair_utf8(bytes);
    std::erase(text, '\0');
    const Row row{std::string("a"), number, real, text, Bytes{bytes}};
    must(*database, "DELETE FROM pots");
    must(*database, "INSERT INTO pots VALUES ($1, $2, $3, $4, $5)", row);
    RC_ASSERT(must(*database, "SELECT * FROM pots").rows == std::vector<Row>{row});
  }));
}

TEST_P(DatabaseTest, KeepsTheEndsOfItsKinds) {
  using Whole = std::numeric_limits<std::int64_t>;
  using Real = std::numeric_limits<double>;
  const auto database = place_.open();
  make_table(*database);
  const std::vector<Row> rows = {
      {std::string("a"), Whole::max(), Real::max(), std::string(), Bytes{}},
      {std::string("b"), Whole::min(), -Real::denorm_min(), std::string("\xF0\x9F\x94\xA5 '$1'"),
       Bytes{std::string("\0\xFF", 2)}},
      {std::string("c"), {}, {}, {}, {}},
      {std::string("d"), 0, 0.1 + 0.2, std::string("{integer}"), Bytes{"\\x41"}}};
  for (const Row& row : rows)
    must(*database, "INSERT INTO pots VALUES ($1, $2, $3, $4, $5)", row);
  EXPECT_EQ(must(*database, "SELECT * FROM pots ORDER BY id").rows, rows);
}

TEST_P(DatabaseTest, RefusesWhatOneOfTheDriversWouldKeepDifferently) {
  const auto database = place_.open();
  make_table(*database);
  for (const Value& value : {Value(std::string("a\0b", 3)), Value(std::string("\xFF")),
                             Value(std::nan("")), Value(std::numeric_limits<double>::infinity())}) {
    const auto answer = database->run("INSERT INTO pots(id, words) VALUES ('a', $1)", {value});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kInvalidArgument);
    EXPECT_THAT(answer.error().message, HasSubstr("$1"));
  }
  EXPECT_EQ(count(*database), 0);
}

TEST_P(DatabaseTest, AColumnKeepsToItsType) {
  const auto database = place_.open();
  make_table(*database);
  EXPECT_NE(code_of(*database, "INSERT INTO pots(id, whole) VALUES ('a', 'many')"), Code{});
  EXPECT_EQ(count(*database), 0);
}

TEST_P(DatabaseTest, AValueMayBeUsedTwiceAndInAnyOrder) {
  const auto database = place_.open();
  make_table(*database);
  must(*database, "INSERT INTO pots(whole, id, words) VALUES ($2, $1, $1)", {"a", 5});
  EXPECT_THAT(must(*database, "SELECT id, whole, words FROM pots").rows,
              ElementsAre(Row{std::string("a"), 5, std::string("a")}));
  EXPECT_THAT(
      must(*database, "SELECT id FROM pots WHERE whole = $1 AND id = $2 LIMIT $3", {5, "a", 1})
          .rows,
      ElementsAre(Row{std::string("a")}));
}

TEST_P(DatabaseTest, CountsWhatAStatementChanged) {
  const auto database = place_.open();
  make_table(*database);
  EXPECT_EQ(must(*database, "INSERT INTO pots(id) VALUES ('a'), ('b'), ('c')").changes, 3);
  EXPECT_EQ(must(*database, "SELECT * FROM pots").changes, 0);
  EXPECT_EQ(must(*database, "UPDATE pots SET whole = 1 WHERE id <> 'a'").changes, 2);
  EXPECT_EQ(must(*database, "UPDATE pots SET whole = 1 WHERE id = 'z'").changes, 0);
  const Answer upserted =
      must(*database,
           "INSERT INTO pots(id, whole) VALUES ('b', 7) ON CONFLICT (id) DO UPDATE SET "
           "whole = pots.whole + excluded.whole RETURNING whole");
  EXPECT_EQ(upserted.changes, 1);
  EXPECT_THAT(upserted.rows, ElementsAre(Row{8}));
  EXPECT_THAT(must(*database, "SELECT sum(whole) FROM pots").rows, ElementsAre(Row{9}));
  EXPECT_EQ(must(*database, "DELETE FROM pots").changes, 3);
}

TEST_P(DatabaseTest, RulesOfATableHaveTheirCodes) {
  const auto database = place_.open();
  make_table(*database);
  must(*database, "CREATE TABLE lids(pot TEXT REFERENCES pots(id))");
  must(*database, "INSERT INTO pots(id) VALUES ('a')");
  EXPECT_EQ(code_of(*database, "INSERT INTO pots(id) VALUES ('a')"), Code::kAlreadyExists);
  EXPECT_EQ(code_of(*database, "INSERT INTO pots(id, whole) VALUES ('b', 1300000000013)"),
            Code::kInvalidArgument);
  EXPECT_EQ(code_of(*database, "INSERT INTO lids VALUES ('z')"), Code::kInvalidArgument);
  EXPECT_EQ(code_of(*database, "SELECT nothing FROM nowhere"), Code::kInternal);
  EXPECT_EQ(code_of(*database, "SELECT 1; SELECT 2"), Code::kInternal);
  EXPECT_EQ(count(*database), 1);
}

TEST_P(DatabaseTest, NoMessageHasAValueInIt) {
  const auto database = place_.open();
  make_table(*database);
  must(*database, "INSERT INTO pots(id) VALUES ($1)", {"sesame"});
  for (const char* sql : {"INSERT INTO pots(id) VALUES ($1)", "INSERT INTO pots(whole) VALUES ($1)",
                          "SELECT $1 FROM nowhere"}) {
    const auto answer = database->run(sql, {"sesame"});
    ASSERT_FALSE(answer) << sql;
    EXPECT_THAT(answer.error().to_string(), Not(HasSubstr("sesame")));
  }
}

TEST_P(DatabaseTest, ATransactionIsRolledBackUnlessItIsCommitted) {
  const auto database = place_.open();
  make_table(*database);
  {
    const auto transaction = Transaction::begin(*database);
    ASSERT_TRUE(transaction);
    must(*database, "INSERT INTO pots(id) VALUES ('a')");
    EXPECT_EQ(count(*database), 1);
    EXPECT_EQ(count(*place_.open()), 0) << "nobody else sees it yet";
  }
  EXPECT_EQ(count(*database), 0);
  auto transaction = Transaction::begin(*database);
  ASSERT_TRUE(transaction);
  must(*database, "INSERT INTO pots(id) VALUES ('a')");
  ASSERT_TRUE(transaction->commit());
  EXPECT_EQ(count(*place_.open()), 1);
}

TEST_P(DatabaseTest, NothingGoesOnInATransactionThatFailed) {
  const auto database = place_.open();
  make_table(*database);
  {
    auto transaction = Transaction::begin(*database);
    ASSERT_TRUE(transaction);
    must(*database, "INSERT INTO pots(id) VALUES ('a')");
    EXPECT_EQ(code_of(*database, "INSERT INTO pots(id) VALUES ('a')"), Code::kAlreadyExists);
    EXPECT_EQ(code_of(*database, "INSERT INTO pots(id) VALUES ('b')"), Code::kInternal);
    EXPECT_FALSE(transaction->commit());
  }
  EXPECT_EQ(count(*database), 0);
  must(*database, "INSERT INTO pots(id) VALUES ('c')");
  EXPECT_EQ(count(*database), 1);
}

TEST_P(DatabaseTest, TransactionsGoOneAfterAnother) {
  const auto first = place_.open();
  const auto second = place_.open(kImpatient);
  make_table(*first);
  {
    auto held = Transaction::begin(*first);
    ASSERT_TRUE(held);
    const auto refused = Transaction::begin(*second);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kDeadlineExceeded) << refused.error().to_string();
    EXPECT_EQ(count(*second), 0) << "reading does not wait";
  }
  EXPECT_TRUE(Transaction::begin(*second));
}

TEST_P(DatabaseTest, WritersOfTwoProcessesLoseNothing) {
  constexpr int kTimes = 100;
  {
    const auto database = place_.open();
    make_table(*database);
    must(*database, "INSERT INTO pots(id, whole) VALUES ('a', 100), ('b', 100)");
  }
  // One statement that adds, and one that reads and then writes.
  const auto work = [&] {
    const auto database = place_.open({.lock_wait = std::chrono::seconds(60)});
    for (int i = 0; i < kTimes; ++i) {
      if (!database->run("UPDATE pots SET whole = whole + 1 WHERE id = 'a'")) return 1;
      auto transaction = Transaction::begin(*database);
      if (!transaction) return 2;
      const auto read = database->run("SELECT whole FROM pots WHERE id = 'b'");
      if (!read) return 3;
      const Value more = std::get<std::int64_t>(read->rows[0][0]) + 1;
      if (!database->run("UPDATE pots SET whole = $1 WHERE id = 'b'", {more})) return 4;
      if (!transaction->commit()) return 5;
    }
    return 0;
  };
  Forked one(work);
  Forked other(work);
  EXPECT_EQ(one.wait(), 0);
  EXPECT_EQ(other.wait(), 0);
  EXPECT_THAT(must(*place_.open(), "SELECT whole FROM pots ORDER BY id").rows,
              ElementsAre(Row{100 + 2 * kTimes}, Row{100 + 2 * kTimes}));
}

TEST_P(DatabaseTest, AKilledWriterLosesNothingThatWasCommitted) {
  constexpr std::int64_t kEnough = 50;
  make_table(*place_.open());
  for (int round = 0; round < 3; ++round) {
    must(*place_.open(), "DELETE FROM pots");
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const Fd told(ends[0]);
    Fd tells(ends[1]);
    Forked writer([&] {
      const auto database = place_.open();
      for (std::int64_t i = 1;; ++i) {
        auto transaction = Transaction::begin(*database);
        // Two rows, which are there both or not at all.
        for (const char* half : {"left", "right"}) {
          if (!database->run("INSERT INTO pots(id, whole) VALUES ($1, $2)",
                             {half + std::to_string(i), i + 100}))
            return 1;
        }
        if (!transaction->commit()) return 2;
        if (::write(tells.get(), &i, sizeof i) != sizeof i) return 3;
      }
    });
    tells.reset();
    std::int64_t committed = 0;
    while (committed < kEnough + round)
      ASSERT_EQ(::read(told.get(), &committed, sizeof committed), sizeof committed);
    writer.kill();
    while (::read(told.get(), &committed, sizeof committed) == sizeof committed) {
    }
    const auto database = place_.open();
    const std::int64_t rows = count(*database);
    EXPECT_GE(rows, 2 * committed);
    EXPECT_EQ(rows % 2, 0);
    EXPECT_EQ(
        must(*database, "SELECT count(*) FROM pots WHERE whole <= $1", {committed + 100}).rows,
        std::vector<Row>{Row{2 * committed}});
  }
}

TEST_P(DatabaseTest, NotificationsReachOthersWhenTheyAreCommitted) {
  const auto sender = place_.open();
  const auto listener = place_.open();
  ASSERT_TRUE(listener->listen("pots"));
  ASSERT_TRUE(sender->listen("pots"));
  ASSERT_TRUE(sender->notify("lids", "nobody listens"));
  ASSERT_TRUE(sender->notify("pots", "one"));
  EXPECT_THAT(listener->heard()->notifications, ElementsAre(Notification{"pots", "one"}));
  {
    auto transaction = Transaction::begin(*sender);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(sender->notify("pots", "never"));
  }
  auto transaction = Transaction::begin(*sender);
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(sender->notify("pots", "two"));
  EXPECT_THAT(listener->heard()->notifications, IsEmpty());
  ASSERT_TRUE(transaction->commit());
  ASSERT_TRUE(sender->notify("pots", ""));
  const auto heard = listener->heard();
  EXPECT_THAT(heard->notifications,
              ElementsAre(Notification{"pots", "two"}, Notification{"pots", ""}));
  EXPECT_FALSE(heard->missed_some);
  EXPECT_THAT(listener->heard()->notifications, IsEmpty());
  EXPECT_THAT(sender->heard()->notifications, IsEmpty()) << "it knows";
}

TEST_P(DatabaseTest, WhoListensHearsNothingOfBefore) {
  const auto sender = place_.open();
  const auto listener = place_.open();
  ASSERT_TRUE(sender->notify("pots", "before"));
  ASSERT_TRUE(listener->listen("pots"));
  ASSERT_TRUE(sender->notify("lids", "before"));
  ASSERT_TRUE(listener->listen("lids"));
  ASSERT_TRUE(sender->notify("lids", "after"));
  const auto heard = listener->heard();
  EXPECT_THAT(heard->notifications, ElementsAre(Notification{"lids", "after"}));
  EXPECT_FALSE(heard->missed_some);
}

TEST_P(DatabaseTest, ANotificationHasALargestSize) {
  const auto database = place_.open();
  EXPECT_TRUE(database->notify("pots", std::string(kPayloadBytesMax, 'x')));
  const auto sent = database->notify("pots", std::string(kPayloadBytesMax + 1, 'x'));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::kInvalidArgument);
}

TEST(OpenDatabase, WantsAnAbsolutePathOrAUrl) {
  for (const char* place : {"", "hearth.db", "mysql://user:sesame@host/x"}) {
    const auto opened = open_database(place);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::kInvalidArgument);
    EXPECT_THAT(opened.error().to_string(), Not(HasSubstr("sesame")));
  }
}

TEST(Columns, TellWhatDoesNotAgreeAtTheEnd) {
  const Row row{std::string("a"), 5, {}, 2.5, Bytes{"b"}};
  Columns columns(row);
  EXPECT_EQ(columns.text(), "a");
  EXPECT_EQ(columns.integer(), 5);
  EXPECT_EQ(columns.maybe_text(), std::nullopt);
  EXPECT_FALSE(columns.finish()) << "two are left";
  EXPECT_EQ(columns.real(), 2.5);
  EXPECT_EQ(columns.bytes(), "b");
  EXPECT_TRUE(columns.finish());
  EXPECT_EQ(columns.integer(), 0);
  EXPECT_EQ(columns.finish().error().code, Code::kCorrupt);
  Columns others(row);
  EXPECT_EQ(others.integer(), 0) << "a text is no number";
  EXPECT_EQ(others.real(), 5);
  EXPECT_FALSE(others.finish());
}

}  // namespace
}  // namespace hearth::db
