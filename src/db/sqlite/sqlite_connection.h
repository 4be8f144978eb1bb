// An open SQLite file, set up as this house wants every one of them, and the statements that were
// prepared on it.
//
// Threads: confined to one thread at a time.
// Errors:  those of Database.
// Limits:  kStatementsMax prepared statements; when there are as many, they are made anew.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "db/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace hearth::db {

inline constexpr std::size_t kStatementsMax = 200;

class SqliteConnection {
 public:
  // Makes the file, for its owner only, where there is none; others lose what rights they had on
  // one that is there. Commits are on the disk (WAL, synchronous FULL), foreign keys hold, and the
  // schema of a file that somebody brought runs no code.
  static Result<SqliteConnection> open(const std::string& path, base::Duration lock_wait);

  Result<Answer> run(std::string_view sql, const std::vector<Value>& values);
  Result<void> run_script(std::string_view sql);
  // Whether a BEGIN has not yet met its end.
  bool in_transaction() const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  SqliteConnection(std::unique_ptr<sqlite3, Close> connection, std::string path)
      : connection_(std::move(connection)), path_(std::move(path)) {}
  Result<void> configure(base::Duration lock_wait);
  Result<void> write_ahead(base::Duration lock_wait);
  Result<sqlite3_stmt*> statement(std::string_view sql);
  Result<void> bind(sqlite3_stmt* statement, const std::vector<Value>& values) const;
  Result<std::vector<Row>> step_through(sqlite3_stmt* statement) const;
  Failure failure(int result) const;

  std::unique_ptr<sqlite3, Close> connection_;
  std::string path_;
  // After the connection, so that they are gone before it.
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>> statements_;
};

}  // namespace hearth::db
