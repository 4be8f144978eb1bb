// What only a file can meet: rights, damage, a disk without room.
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/testing/small_mount.h"
#include "base/testing/temporary_folder.h"
#include "base/units.h"
#include "db/database.h"
#include "db/sqlite/sqlite_connection.h"
#include "db/sqlite/sqlite_database.h"
#include "db/sqlite/sqlite_error.h"
#include "db/testing/forked.h"

namespace hearth::db {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::Forked;
using ::testing::HasSubstr;

constexpr std::size_t kPageBytes = 4096;

class SqliteTest : public ::testing::Test {
 protected:
  std::unique_ptr<Database> open() const {
    auto opened = open_database(path_);
    HEARTH_ASSERT(opened.has_value());
    return std::move(*opened);
  }
  // So many rows of a page each.
  static void fill(Database& database, int rows) {
    ASSERT_TRUE(database.run("CREATE TABLE IF NOT EXISTS pots(id INTEGER PRIMARY KEY, raw BLOB)"));
    for (int i = 0; i < rows; ++i) {
      ASSERT_TRUE(database.run("INSERT INTO pots(raw) VALUES ($1)",
                               {Bytes{std::string(kPageBytes, static_cast<char>(i))}}));
    }
  }
  static std::int64_t count(Database& database) {
    const auto answer = database.run("SELECT count(*) FROM pots");
    return answer ? std::get<std::int64_t>(answer->rows[0][0]) : -1;
  }
  // Bytes that nobody meant, from there on.
  void damage(std::uint64_t at, std::size_t size) const {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file << std::string(size, '\xA5');
  }
  static unsigned mode_of(const std::string& path) {
    struct stat facts{};
    EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
    return facts.st_mode & 07777U;
  }

  base::testing::TemporaryFolder folder_;
  const std::string path_ = folder_.file("hearth.db");
};

TEST_F(SqliteTest, TheFileIsForItsOwnerOnly) {
  const mode_t before = ::umask(0);
  const auto database = open();
  fill(*database, 1);
  ::umask(before);
  for (const char* end : {"", "-wal", "-shm"})
    EXPECT_EQ(mode_of(path_ + end), 0600U) << end;
}

TEST_F(SqliteTest, AFileThatIsOpenToOthersIsClosedToThem) {
  fill(*open(), 1);
  ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
  EXPECT_EQ(count(*open()), 1);
  EXPECT_EQ(mode_of(path_), 0600U);
}

TEST_F(SqliteTest, IsSetUpSoThatACommitOutlivesThePower) {
  auto connection = SqliteConnection::open(path_, std::chrono::seconds(1));
  ASSERT_TRUE(connection);
  constexpr std::int64_t kFull = 2;
  const auto pragma = [&](const std::string& name) {
    return connection->run("PRAGMA " + name, {})->rows;
  };
  EXPECT_THAT(pragma("journal_mode"), ElementsAre(Row{std::string("wal")}));
  EXPECT_THAT(pragma("synchronous"), ElementsAre(Row{kFull}));
  EXPECT_THAT(pragma("foreign_keys"), ElementsAre(Row{1}));
  EXPECT_THAT(pragma("trusted_schema"), ElementsAre(Row{0}));
  EXPECT_THAT(pragma("busy_timeout"), ElementsAre(Row{1000}));
  EXPECT_FALSE(connection->run("SELECT \"no column\"", {})) << "a mistyped name is no text";
}

TEST_F(SqliteTest, StatementsAreBoundedInNumber) {
  const auto database = open();
  for (std::size_t i = 0; i < 3 * kStatementsMax; ++i) {
    const auto answer = database->run("SELECT " + std::to_string(i) + " + $1", {1});
    ASSERT_TRUE(answer);
    ASSERT_THAT(answer->rows, ElementsAre(Row{static_cast<std::int64_t>(i) + 1}));
  }
}

TEST_F(SqliteTest, SaysWhereItCannotBe) {
  const auto code_at = [](const std::string& path) {
    const auto opened = open_database(path);
    EXPECT_FALSE(opened) << path;
    EXPECT_THAT(opened.error().message, HasSubstr(path));
    return opened.error().code;
  };
  EXPECT_EQ(code_at(folder_.file("no/hearth.db")), Code::kNotFound);
  EXPECT_EQ(code_at(folder_.path()), Code::kInvalidArgument);
  std::filesystem::create_symlink(folder_.file("nowhere"), folder_.file("link"));
  EXPECT_EQ(code_at(folder_.file("link")), Code::kNotFound);
}

TEST_F(SqliteTest, AFileThatIsNoDatabaseIsToldAndLeftAsItIs) {
  const std::string text =
      "These are the notes of somebody, and no database at all. " + std::string(kPageBytes, '.');
  folder_.write("hearth.db", text);
  const auto opened = open_database(path_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kCorrupt);
  EXPECT_THAT(opened.error().message, AllOf(HasSubstr(path_), HasSubstr("backup")));
  EXPECT_EQ(*base::load_text_file(path_, 1 << 20), text);
}

TEST_F(SqliteTest, ADamagedPageIsTold) {
  fill(*open(), 20);
  damage(kPageBytes, 8 * kPageBytes);
  const auto database = open();
  const auto answer = database->run("SELECT sum(length(raw)) FROM pots");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kCorrupt) << answer.error().to_string();
}

// With the limit of a file's size, which ends writes as a full disk does.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) {
    HEARTH_ASSERT(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit small{bytes, before_.rlim_max};
    HEARTH_ASSERT(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  }
  ~SizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

TEST_F(SqliteTest, AFileThatCannotGrowIsToldAndLosesNothing) {
  const auto database = open();
  fill(*database, 10);
  {
    const SizeLimit limit(std::filesystem::file_size(path_ + "-wal"));
    auto transaction = Transaction::begin(*database);
    ASSERT_TRUE(transaction);
    const Value much = Bytes{std::string(100 * kPageBytes, 'x')};
    auto failed = database->run("INSERT INTO pots(raw) VALUES ($1)", {much});
    const auto kept = failed ? transaction->commit() : fail(failed.error());
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code, Code::kResourceExhausted) << kept.error().to_string();
    EXPECT_THAT(kept.error().message, HasSubstr("room"));
  }
  EXPECT_EQ(count(*database), 10);
  fill(*database, 1);
  EXPECT_EQ(count(*open()), 11);
}

constexpr int kNoMount = 99;

// What a process does on a disk of 300 KB; its exit code names the line that did not hold.
int fill_a_small_disk(const std::string& folder) {
  if (!base::testing::mount_small(folder, 300 * base::kKiB)) return kNoMount;
  auto opened = open_database(folder + "/hearth.db");
  if (!opened) return 1;
  Database& database = **opened;
  if (!database.run("CREATE TABLE pots(id INTEGER PRIMARY KEY, raw BLOB)")) return 2;
  const Value page = Bytes{std::string(kPageBytes, 'x')};
  std::int64_t kept = 0;
  Result<Answer> answer;
  for (int i = 0; i < 200 && answer; ++i) {
    answer = database.run("INSERT INTO pots(raw) VALUES ($1)", {page});
    kept += answer ? 1 : 0;
  }
  if (answer || answer.error().code != Code::kResourceExhausted || kept == 0) return 3;
  opened->reset();
  opened = open_database(folder + "/hearth.db");
  if (!opened) return 4;
  answer = (*opened)->run("SELECT count(*) FROM pots");
  if (!answer || answer->rows[0] != Row{kept}) return 5;
  return 0;
}

TEST_F(SqliteTest, AFullDiskIsToldAndLosesNothing) {
  Forked process([&] { return fill_a_small_disk(folder_.path()); });
  const int code = process.wait();
  if (code == kNoMount) {
    RecordProperty("disk", "none, since none may be mounted");
    return;
  }
  EXPECT_EQ(code, 0);
}

TEST_F(SqliteTest, SeveralProcessesMayMakeTheFileAtOnce) {
  const auto work = [&] {
    for (int i = 0; i < 20; ++i) {
      const std::string path = folder_.file("new-" + std::to_string(i) + ".db");
      auto opened = open_database(path);
      if (!opened) return 1;
      if (!(*opened)->run("CREATE TABLE IF NOT EXISTS pots(id INTEGER)")) return 2;
      if (!(*opened)->run("INSERT INTO pots VALUES (1)")) return 3;
    }
    return 0;
  };
  Forked one(work);
  Forked other(work);
  EXPECT_EQ(one.wait(), 0);
  EXPECT_EQ(other.wait(), 0);
  for (int i = 0; i < 20; ++i) {
    const auto opened = open_database(folder_.file("new-" + std::to_string(i) + ".db"));
    ASSERT_TRUE(opened);
    EXPECT_EQ(count(**opened), 2);
  }
}

// A process loses its locks on a file when it closes any descriptor of it. Another then takes
// itself for the last one there, and takes away the log that the first still writes to.
TEST_F(SqliteTest, OpeningTwiceInAProcessDropsNoLock) {
  fill(*open(), 1);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Fd waits(ends[0]);
  const Fd starts(ends[1]);
  Forked other([&] {
    char go = 0;
    if (::read(waits.get(), &go, 1) != 1) return 1;
    return count(*open()) == 2 ? 0 : 2;
  });
  auto first = open();
  fill(*first, 1);
  std::ignore = open();
  ASSERT_EQ(::write(starts.get(), "x", 1), 1);
  EXPECT_EQ(other.wait(), 0);
  EXPECT_TRUE(std::filesystem::exists(path_ + "-wal"));
  fill(*first, 1);
  first.reset();
  EXPECT_EQ(count(*open()), 3);
}

TEST_F(SqliteTest, AListenerThatIsFarBehindIsTold) {
  const auto sender = open();
  const auto listener = open();
  ASSERT_TRUE(listener->listen("pots"));
  const auto send = [&](std::int64_t times) {
    auto transaction = Transaction::begin(*sender);
    for (std::int64_t i = 0; i < times; ++i)
      ASSERT_TRUE(sender->notify("pots", std::to_string(i)));
    ASSERT_TRUE(transaction->commit());
  };
  send(kNotificationsKept);
  auto heard = listener->heard();
  EXPECT_EQ(heard->notifications.size(), static_cast<std::size_t>(kNotificationsKept));
  EXPECT_FALSE(heard->missed_some);
  send(kNotificationsKept + 1);
  heard = listener->heard();
  EXPECT_EQ(heard->notifications.size(), static_cast<std::size_t>(kNotificationsKept));
  EXPECT_TRUE(heard->missed_some);
  send(1);
  EXPECT_FALSE(listener->heard()->missed_some);
}

TEST(SqliteError, HasACodeForEveryKind) {
  EXPECT_EQ(code_of_sqlite(SQLITE_CONSTRAINT_PRIMARYKEY, 0), Code::kAlreadyExists);
  EXPECT_EQ(code_of_sqlite(SQLITE_CONSTRAINT_NOTNULL, 0), Code::kInvalidArgument);
  EXPECT_EQ(code_of_sqlite(SQLITE_BUSY_RECOVERY, 0), Code::kDeadlineExceeded);
  EXPECT_EQ(code_of_sqlite(SQLITE_FULL, 0), Code::kResourceExhausted);
  EXPECT_EQ(code_of_sqlite(SQLITE_IOERR_WRITE, ENOSPC), Code::kResourceExhausted);
  EXPECT_EQ(code_of_sqlite(SQLITE_IOERR_WRITE, EIO), Code::kUnavailable);
  EXPECT_EQ(code_of_sqlite(SQLITE_CANTOPEN, EACCES), Code::kPermissionDenied);
  EXPECT_EQ(code_of_sqlite(SQLITE_CORRUPT_INDEX, 0), Code::kCorrupt);
  EXPECT_EQ(code_of_sqlite(SQLITE_NOTADB, 0), Code::kCorrupt);
  EXPECT_EQ(code_of_sqlite(SQLITE_READONLY_DBMOVED, 0), Code::kPermissionDenied);
  EXPECT_EQ(code_of_sqlite(SQLITE_ERROR, 0), Code::kInternal);
}

}  // namespace
}  // namespace hearth::db
