#include "db/migration.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "db/testing/empty_place.h"
#include "db/testing/forked.h"

namespace hearth::db {
namespace {

using ::testing::AllOf;
using testing::Driver;
using ::testing::ElementsAre;
using testing::EmptyPlace;
using testing::Forked;
using ::testing::HasSubstr;

constexpr Migration kPots{1, "pots",
                          "CREATE TABLE pots(id TEXT PRIMARY KEY, beans {integer}) {strict};"
                          "INSERT INTO pots VALUES ('first', 1)"};
constexpr Migration kLids{2, "lids", "CREATE TABLE lids(pot TEXT, raw {bytes}) {strict};"};
constexpr Migration kMore{3, "more beans", "UPDATE pots SET beans = beans + 10"};
constexpr Migration kWrong{3, "wrong", "UPDATE pots SET beans = 99; UPDATE nothing SET a = 1"};
constexpr Migration kOtherLids{2, "lids", "CREATE TABLE lids(pot TEXT)"};

class MigrationTest : public ::testing::TestWithParam<Driver> {
 protected:
  static Result<void> apply(Database& database, const std::vector<Migration>& migrations) {
    return migrate(database, "kitchen", migrations);
  }
  static std::int64_t beans(Database& database) {
    const auto answer = database.run("SELECT sum(beans) FROM pots");
    return answer ? std::get<std::int64_t>(answer->rows[0][0]) : -1;
  }

  EmptyPlace place_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Both, MigrationTest, testing::kBothDrivers, testing::driver_name);

TEST_P(MigrationTest, EachIsAppliedOnce) {
  for (int start = 0; start < 3; ++start) {
    const auto database = place_.open();
    const auto applied = apply(*database, {kPots, kLids});
    ASSERT_TRUE(applied) << applied.error().to_string();
    EXPECT_EQ(beans(*database), 1);
  }
  const auto database = place_.open();
  ASSERT_TRUE(apply(*database, {kPots, kLids, kMore}));
  EXPECT_EQ(beans(*database), 11);
}

TEST_P(MigrationTest, RoomsMigrateOnTheirOwn) {
  const auto database = place_.open();
  ASSERT_TRUE(apply(*database, {kPots}));
  ASSERT_TRUE(
      migrate(*database, "attic", std::vector{Migration{1, "x", "CREATE TABLE x(a TEXT)"}}));
  ASSERT_TRUE(apply(*database, {kPots, kLids}));
  EXPECT_THAT(
      database->run("SELECT room, number FROM hearth_migrations ORDER BY room, number")->rows,
      ElementsAre(Row{std::string("attic"), 1}, Row{std::string("kitchen"), 1},
                  Row{std::string("kitchen"), 2}));
}

TEST_P(MigrationTest, ADatabaseOfANewerVersionIsRefused) {
  const auto database = place_.open();
  ASSERT_TRUE(apply(*database, {kPots, kLids, kMore}));
  const auto applied = apply(*database, {kPots, kLids});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Code::kUnimplemented);
  EXPECT_THAT(applied.error().message,
              AllOf(HasSubstr("newer Hearth"), HasSubstr("before-kitchen-3")));
  EXPECT_EQ(beans(*database), 11);
}

TEST_P(MigrationTest, AMigrationThatWasChangedLaterIsRefused) {
  const auto database = place_.open();
  ASSERT_TRUE(apply(*database, {kPots, kLids}));
  const auto applied = apply(*database, {kPots, kOtherLids, kMore});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Code::kCorrupt);
  EXPECT_THAT(applied.error().message, HasSubstr("migration 2 ('lids')"));
  EXPECT_EQ(beans(*database), 1);
}

TEST_P(MigrationTest, NothingIsLeftOfOneThatFails) {
  const auto database = place_.open();
  ASSERT_TRUE(apply(*database, {kPots}));
  const auto applied = apply(*database, {kPots, kLids, kWrong});
  ASSERT_FALSE(applied);
  EXPECT_THAT(applied.error().message, HasSubstr("migration 3 ('wrong') of 'kitchen'"));
  EXPECT_EQ(beans(*database), 1);
  EXPECT_FALSE(database->run("SELECT * FROM lids"));
  EXPECT_TRUE(apply(*database, {kPots, kLids, kMore}));
}

TEST_P(MigrationTest, OfSeveralProcessesOneApplies) {
  for (int round = 0; round < 5; ++round) {
    const EmptyPlace place(GetParam());
    const auto work = [&] {
      const auto database = place.open({.lock_wait = std::chrono::milliseconds(200)});
      return apply(*database, {kPots, kLids, kMore}) ? 0 : 1;
    };
    Forked one(work);
    Forked other(work);
    Forked third(work);
    EXPECT_EQ(one.wait(), 0);
    EXPECT_EQ(other.wait(), 0);
    EXPECT_EQ(third.wait(), 0);
    EXPECT_EQ(beans(*place.open()), 11);
  }
}

class SqliteMigrationTest : public MigrationTest {};

INSTANTIATE_TEST_SUITE_P(Only, SqliteMigrationTest, ::testing::Values(Driver::kSqlite),
                         testing::driver_name);

TEST_P(SqliteMigrationTest, KeepsACopyOfWhatItChanges) {
  const std::string copy = place_.place() + ".before-kitchen-2";
  const auto database = place_.open();
  ASSERT_TRUE(apply(*database, {kPots}));
  EXPECT_FALSE(std::filesystem::exists(copy)) << "there was nothing to copy";
  ASSERT_TRUE(database->run("INSERT INTO pots VALUES ('second', 5)"));
  ASSERT_FALSE(apply(*database, {kPots, kLids, kWrong})) << "so there is a copy already";
  ASSERT_TRUE(database->run("INSERT INTO pots VALUES ('third', 7)"));
  ASSERT_TRUE(apply(*database, {kPots, kLids, kMore}));
  struct stat facts{};
  ASSERT_EQ(::stat(copy.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_FALSE(std::filesystem::exists(place_.place() + ".before-kitchen-3"));
  const auto old = open_database(copy);
  ASSERT_TRUE(old);
  EXPECT_EQ(beans(**old), 13);
  EXPECT_FALSE((*old)->run("SELECT * FROM lids"));
  EXPECT_TRUE(apply(**old, {kPots})) << "the older version goes on with it";
}

TEST(Words, AreSaidAsTheDialectSaysThem) {
  const Words words{.integer = "INT", .real = "R", .bytes = "B", .strict = "{real}"};
  EXPECT_EQ(in_words("{integer} {integer} {bytes} {other} {strict}", words),
            "INT INT B {other} {real}");
}

}  // namespace
}  // namespace hearth::db
