// What only a server can meet: connections that are cut, and a URL with a password in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/database.h"
#include "db/postgres/postgres_error.h"
#include "db/postgres/server_address.h"
#include "db/testing/empty_place.h"

namespace hearth::db {
namespace {

using testing::Driver;
using ::testing::ElementsAre;
using testing::EmptyPlace;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::PostgresServer;

class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(database_->run("CREATE TABLE pots(id BIGINT PRIMARY KEY)")); }
  static std::int64_t number(Database& database, const char* sql) {
    const auto answer = database.run(sql);
    if (!answer) ADD_FAILURE() << answer.error().to_string();
    return answer ? std::get<std::int64_t>(answer->rows[0][0]) : -1;
  }
  // As a network or an operator does; returns when it is cut.
  void cut_the_connection() {
    const auto cut = place_.open()->run("SELECT pg_terminate_backend($1::text::int, 10000)",
                                        {std::to_string(backend_)});
    ASSERT_TRUE(cut) << cut.error().to_string();
  }

  EmptyPlace place_{Driver::kPostgres};
  std::unique_ptr<Database> database_ = place_.open();
  std::int64_t backend_ = number(*database_, "SELECT pg_backend_pid()");
};

TEST_F(PostgresTest, ACutConnectionIsNotNoticedOutsideOfTransactions) {
  for (int i = 0; i < 3; ++i) {
    cut_the_connection();
    const auto answer = database_->run("INSERT INTO pots VALUES ($1)", {i});
    ASSERT_TRUE(answer) << answer.error().to_string();
    backend_ = number(*database_, "SELECT pg_backend_pid()");
  }
  EXPECT_EQ(number(*database_, "SELECT count(*) FROM pots"), 3);
  cut_the_connection();
  EXPECT_TRUE(Transaction::begin(*database_));
}

TEST_F(PostgresTest, ACutConnectionEndsATransactionAndNothingOfItIsKept) {
  {
    auto transaction = Transaction::begin(*database_);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database_->run("INSERT INTO pots VALUES (1)"));
    cut_the_connection();
    const auto answer = database_->run("INSERT INTO pots VALUES (2)");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kUnavailable) << answer.error().to_string();
    EXPECT_FALSE(transaction->commit());
  }
  EXPECT_EQ(number(*database_, "SELECT count(*) FROM pots"), 0);
}

TEST_F(PostgresTest, ACommitThatIsCutOffIsNoSuccess) {
  {
    auto transaction = Transaction::begin(*database_);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database_->run("INSERT INTO pots VALUES (1)"));
    cut_the_connection();
    const auto kept = transaction->commit();
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code, Code::kUnavailable);
  }
  EXPECT_EQ(number(*database_, "SELECT count(*) FROM pots"), 0);
}

TEST_F(PostgresTest, AServerThatIsAwayIsToldAndFoundAgain) {
  PostgresServer& server = PostgresServer::shared();
  server.stop();
  for (int i = 0; i < 2; ++i) {
    const auto answer = database_->run("SELECT 1");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kUnavailable) << answer.error().to_string();
  }
  EXPECT_FALSE(Transaction::begin(*database_));
  EXPECT_EQ(open_database(place_.place()).error().code, Code::kUnavailable);
  server.start();
  EXPECT_EQ(number(*database_, "SELECT 1"), 1);
  EXPECT_TRUE(Transaction::begin(*database_));
}

TEST_F(PostgresTest, AListenerThatWasCutOffListensAgainAndIsTold) {
  const auto sender = place_.open();
  ASSERT_TRUE(database_->listen("pots"));
  cut_the_connection();
  ASSERT_TRUE(sender->notify("pots", "nobody hears"));
  auto heard = database_->heard();
  ASSERT_TRUE(heard);
  EXPECT_TRUE(heard->missed_some);
  EXPECT_THAT(heard->notifications, IsEmpty());
  ASSERT_TRUE(sender->notify("pots", "again"));
  heard = database_->heard();
  EXPECT_FALSE(heard->missed_some);
  EXPECT_THAT(heard->notifications, ElementsAre(Notification{"pots", "again"}));
}

TEST_F(PostgresTest, AnUnfinishedTransactionDoesNotHoldUpTheOthersForEver) {
  EXPECT_THAT(database_->run("SHOW idle_in_transaction_session_timeout")->rows,
              ElementsAre(Row{std::string("1min")}));
  EXPECT_THAT(database_->run("SHOW lock_timeout")->rows, ElementsAre(Row{std::string("5s")}));
}

TEST_F(PostgresTest, OtherTypesOfTheServerAreReadAsTheNearestKind) {
  const auto answer = database_->run(
      "SELECT true, false, 7::smallint, 1.5::real, 12::numeric, 1.25::numeric, DATE '2026-01-02', "
      "NULL::bytea");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->rows,
              ElementsAre(Row{1, 0, 7, 1.5, 12, 1.25, std::string("2026-01-02"), {}}));
}

TEST_F(PostgresTest, NoMessageHasThePasswordInIt) {
  ASSERT_TRUE(database_->run("CREATE ROLE locked LOGIN PASSWORD 'right'"));
  const PostgresServer& server = PostgresServer::shared();
  for (const std::string& url :
       {server.url("postgres", "locked:wr%6Fng-sesame"),
        server.url("postgres", "locked") + "&password=wrong-sesame",
        std::string("postgresql://x:wrong-sesame@127.0.0.1:1/none"),
        std::string("postgresql://x:wrong-sesame@[broken/none"),
        std::string("postgresql://x:wrong-sesame@host/none?nonsense=wrong-sesame")}) {
    const auto opened = open_database(url);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().to_string(), Not(HasSubstr("sesame")));
  }
  EXPECT_EQ(open_database(server.url("postgres", "locked:wrong")).error().code,
            Code::kUnauthenticated);
  EXPECT_TRUE(open_database(server.url("postgres", "locked:right")));
  ASSERT_TRUE(database_->run("DROP ROLE locked"));
}

TEST(ServerAddress, IsNamedWithoutUserAndPassword) {
  const auto address = ServerAddress::parse("postgresql://me:sesame@db.example:5433/hearth");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->name(), "postgresql://db.example:5433/hearth");
  EXPECT_EQ(address->without_secrets("FATAL: sesame,\nsesame \n"), "FATAL: ***, ***");
}

TEST(PostgresError, HasACodeForEveryState) {
  EXPECT_EQ(code_of_postgres(""), Code::kUnavailable);
  EXPECT_EQ(code_of_postgres("08006"), Code::kUnavailable);
  EXPECT_EQ(code_of_postgres("23505"), Code::kAlreadyExists);
  EXPECT_EQ(code_of_postgres("23503"), Code::kInvalidArgument);
  EXPECT_EQ(code_of_postgres("40P01"), Code::kDeadlineExceeded);
  EXPECT_EQ(code_of_postgres("55P03"), Code::kDeadlineExceeded);
  EXPECT_EQ(code_of_postgres("53100"), Code::kResourceExhausted);
  EXPECT_EQ(code_of_postgres("53300"), Code::kUnavailable);
  EXPECT_EQ(code_of_postgres("57P03"), Code::kUnavailable);
  EXPECT_EQ(code_of_postgres("XX001"), Code::kCorrupt);
  EXPECT_EQ(code_of_postgres("42601"), Code::kInternal);
  EXPECT_THAT(postgres_error("22P02", "db", "invalid input: 'sesame'").message,
              Not(HasSubstr("sesame")));
}

}  // namespace
}  // namespace hearth::db
