#include "db/sqlite/sqlite_connection.h"

#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/replacement.h"
#include "db/sqlite/sqlite_error.h"

namespace hearth::db {

namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kOthersRights = 077;
// SQLite does not wait by itself when two open a new file at once.
constexpr auto kPause = std::chrono::milliseconds(5);

// Closing a descriptor of a file gives up the locks that SQLite has on it in this process: a file
// that is there is looked at by its name only.
Result<void> prepare_file(const std::string& path) {
  const int number =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly);
  if (number >= 0) {
    const Fd made(number);
    base::sync_folder_of(path);
    return {};
  }
  if (errno != EEXIST)
    return fail(base::errno_error(errno, "cannot make the database '" + path + "'", path));
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0)
    return fail(base::errno_error(errno, "cannot look at the database '" + path + "'", path));
  if (!S_ISREG(facts.st_mode))
    return fail(Code::kInvalidArgument, "'" + path + "' is no file, so no database", path);
  if ((facts.st_mode & kOthersRights) == 0) return {};
  if (::chmod(path.c_str(), kOwnerOnly) != 0) {
    return fail(base::errno_error(
        errno, "the database '" + path + "' is open to others and cannot be closed to them", path));
  }
  log::warning("a database was open to other users; it no longer is", {{"path", path}});
  return {};
}

// Resets a statement for its next use, whatever came of this one.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  ~Use() {
    ::sqlite3_reset(statement_);
    ::sqlite3_clear_bindings(statement_);  // the values are gone soon
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  sqlite3_stmt* statement_;
};

// The values outlive the statement's use, so SQLite copies none.
struct Binder {
  sqlite3_stmt* statement;
  int place;

  int operator()(std::monostate) const { return ::sqlite3_bind_null(statement, place); }
  int operator()(std::int64_t number) const {
    return ::sqlite3_bind_int64(statement, place, number);
  }
  int operator()(double number) const { return ::sqlite3_bind_double(statement, place, number); }
  int operator()(const std::string& text) const {
    return ::sqlite3_bind_text64(statement, place, text.data(), text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
  }
  int operator()(const Bytes& bytes) const {
    const std::string& content = bytes.content;
    if (content.empty()) return ::sqlite3_bind_zeroblob(statement, place, 0);
    return ::sqlite3_bind_blob64(statement, place, content.data(), content.size(), SQLITE_STATIC);
  }
};

Value value_at(sqlite3_stmt* statement, int column) {
  const auto bytes = [&](const void* content) {
    const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(statement, column));
    return size == 0 ? std::string() : std::string(static_cast<const char*>(content), size);
  };
  switch (::sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return std::int64_t{::sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
      return ::sqlite3_column_double(statement, column);
    case SQLITE_TEXT:
      return bytes(::sqlite3_column_text(statement, column));
    case SQLITE_BLOB:
      return Bytes{bytes(::sqlite3_column_blob(statement, column))};
    default:
      return {};
  }
}

}  // namespace

void SqliteConnection::Close::operator()(sqlite3* connection) const {
  ::sqlite3_close_v2(connection);
}

void SqliteConnection::Finalize::operator()(sqlite3_stmt* statement) const {
  ::sqlite3_finalize(statement);
}

Failure SqliteConnection::failure(int result) const {
  // What SQLite notes of a failing COMMIT is nothing; the thread's own errno is still there.
  const int left_behind = errno;
  sqlite3* connection = connection_.get();
  const int noted = ::sqlite3_system_errno(connection);
  return fail(
      sqlite_error(result, noted != 0 ? noted : left_behind, path_, ::sqlite3_errmsg(connection)));
}

Result<SqliteConnection> SqliteConnection::open(const std::string& path, base::Duration lock_wait) {
  HEARTH_TRY(prepare_file(path));
  sqlite3* raw = nullptr;
  const int result =
      ::sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteConnection connection(std::unique_ptr<sqlite3, Close>(raw), path);
  if (raw == nullptr) return fail(Code::kOutOfMemory, "not enough memory to open a database", path);
  if (result != SQLITE_OK) return connection.failure(result);
  HEARTH_TRY(connection.configure(lock_wait));
  return connection;
}

Result<void> SqliteConnection::configure(base::Duration lock_wait) {
  sqlite3* connection = connection_.get();
  ::sqlite3_extended_result_codes(connection, 1);
  const auto wait_ms = std::chrono::duration_cast<std::chrono::milliseconds>(lock_wait).count();
  ::sqlite3_busy_timeout(connection, static_cast<int>(wait_ms));
  // Double quotes are for names, and nobody writes into SQLite's own tables.
  for (const int setting : {SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL})
    ::sqlite3_db_config(connection, setting, 0, nullptr);
  ::sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  HEARTH_TRY(run_script(
      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON; "
      "PRAGMA synchronous = FULL"));
  return write_ahead(lock_wait);
}

// Readers and the writer do not wait for each other. The mode stays with the file.
Result<void> SqliteConnection::write_ahead(base::Duration lock_wait) {
  const base::TimePoint deadline = base::system_clock().now() + lock_wait;
  auto answer = run("PRAGMA journal_mode = WAL", {});
  while (!answer && answer.error().code == Code::kDeadlineExceeded &&
         base::system_clock().now() < deadline) {
    std::this_thread::sleep_for(kPause);
    answer = run("PRAGMA journal_mode = WAL", {});
  }
  if (!answer) return fail(answer.error());
  const bool agreed = answer->rows.size() == 1 && answer->rows[0] == Row{std::string("wal")};
  if (agreed) return {};
  return fail(Code::kUnavailable,
              "the database '" + path_ +
                  "' cannot be kept there: its file system cannot share memory between processes; "
                  "use a local disk",
              path_);
}

bool SqliteConnection::in_transaction() const {
  return ::sqlite3_get_autocommit(connection_.get()) == 0;
}

Result<void> SqliteConnection::run_script(std::string_view sql) {
  errno = 0;
  const int result =
      ::sqlite3_exec(connection_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return failure(result);
  return {};
}

Result<sqlite3_stmt*> SqliteConnection::statement(std::string_view sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second.get();
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int result =
      ::sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &raw, &rest);
  std::unique_ptr<sqlite3_stmt, Finalize> made(raw);
  if (result != SQLITE_OK) return failure(result);
  const std::string_view behind(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
  if (raw == nullptr || behind.find_first_not_of(" \n\t;") != std::string_view::npos)
    return fail(Code::kInternal, "this is not one statement", path_);
  if (statements_.size() >= kStatementsMax) statements_.clear();
  return statements_.emplace(std::string(sql), std::move(made)).first->second.get();
}

Result<void> SqliteConnection::bind(sqlite3_stmt* statement,
                                    const std::vector<Value>& values) const {
  if (static_cast<std::size_t>(::sqlite3_bind_parameter_count(statement)) != values.size()) {
    return fail(Code::kInternal,
                "a statement was given " + std::to_string(values.size()) +
                    " values, which it does "
                    "not have",
                path_);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    // To SQLite they are names, in the order in which they appear.
    const std::string name = "$" + std::to_string(i + 1);
    const int place = ::sqlite3_bind_parameter_index(statement, name.c_str());
    if (place == 0) return fail(Code::kInternal, "a statement has no " + name, path_);
    const int result = std::visit(Binder{statement, place}, values[i]);
    if (result != SQLITE_OK) return failure(result);
  }
  return {};
}

Result<std::vector<Row>> SqliteConnection::step_through(sqlite3_stmt* statement) const {
  std::vector<Row> rows;
  int result = SQLITE_OK;
  while ((result = ::sqlite3_step(statement)) == SQLITE_ROW) {
    Row& row = rows.emplace_back();
    for (int column = 0; column < ::sqlite3_column_count(statement); ++column)
      row.push_back(value_at(statement, column));
  }
  if (result != SQLITE_DONE) return failure(result);
  return rows;
}

Result<Answer> SqliteConnection::run(std::string_view sql, const std::vector<Value>& values) {
  sqlite3_stmt* wanted = HEARTH_TRY(statement(sql));
  const Use use(wanted);
  HEARTH_TRY(bind(wanted, values));
  const std::int64_t before = ::sqlite3_total_changes64(connection_.get());
  errno = 0;
  Answer answer;
  answer.rows = HEARTH_TRY(step_through(wanted));
  // What a statement without changes leaves there is the number of the one before it.
  if (::sqlite3_total_changes64(connection_.get()) != before)
    answer.changes = ::sqlite3_changes64(connection_.get());
  return answer;
}

}  // namespace hearth::db
