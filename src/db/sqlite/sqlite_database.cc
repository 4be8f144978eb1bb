#include "db/sqlite/sqlite_database.h"

#include <tuple>
#include <utility>

#include "base/random.h"
#include "base/replacement.h"

namespace hearth::db {

namespace {

constexpr unsigned kOwnerOnly = 0600;

constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS hearth_notifications(number INTEGER PRIMARY KEY, "
    "sender INTEGER NOT NULL, channel TEXT NOT NULL, payload TEXT NOT NULL) STRICT";
constexpr const char* kLastNumber = "SELECT coalesce(max(number), 0) FROM hearth_notifications";

std::int64_t random_number() {
  return static_cast<std::int64_t>(std::uint64_t{base::random_u32()} << 31 | base::random_u32());
}

}  // namespace

SqliteDatabase::SqliteDatabase(const std::string& path, SqliteConnection connection,
                               Options options)
    : Database(path),
      connection_(std::move(connection)),
      options_(options),
      sender_(random_number()) {}

Result<std::unique_ptr<Database>> SqliteDatabase::open(const std::string& path, Options options) {
  SqliteConnection connection = HEARTH_TRY(SqliteConnection::open(path, options.lock_wait));
  return std::unique_ptr<Database>(new SqliteDatabase(path, std::move(connection), options));
}

const Words& SqliteDatabase::words() const {
  static constexpr Words kWords{
      .integer = "INTEGER", .real = "REAL", .bytes = "BLOB", .strict = "STRICT"};
  return kWords;
}

Result<Answer> SqliteDatabase::run_one(std::string_view sql, const std::vector<Value>& values) {
  return connection_.run(sql, values);
}

Result<void> SqliteDatabase::run_all(std::string_view sql) {
  return connection_.run_script(sql);
}

// Immediate: who reads and then writes must not find then that somebody else has written.
Result<void> SqliteDatabase::begin() {
  return connection_.run_script("BEGIN IMMEDIATE");
}

Result<void> SqliteDatabase::commit() {
  return connection_.run_script("COMMIT");
}

void SqliteDatabase::roll_back() {
  // After some failures SQLite has done it already. When it cannot, closing the file does it.
  if (connection_.in_transaction()) std::ignore = connection_.run_script("ROLLBACK");
}

// By a connection of its own, which reads beside a transaction and sees what was there before it.
Result<void> SqliteDatabase::keep_copy(std::string_view suffix) {
  auto copy = HEARTH_TRY(base::Replacement::begin(name() + "." + std::string(suffix), kOwnerOnly));
  auto reader = HEARTH_TRY(SqliteConnection::open(name(), options_.lock_wait));
  HEARTH_TRY(reader.run("VACUUM INTO $1", {copy.unfinished()}));
  return copy.finish();
}

Result<std::int64_t> SqliteDatabase::number_in(const char* sql) {
  const Answer answer = HEARTH_TRY(connection_.run(sql, {}));
  if (answer.rows.size() != 1) return fail(Code::kCorrupt, "a number is missing", name());
  Columns columns(answer.rows[0]);
  const std::int64_t number = columns.integer();
  HEARTH_TRY(columns.finish());
  return number;
}

Result<void> SqliteDatabase::send(std::string_view channel, std::string_view payload) {
  if (in_transaction()) return send_in_transaction(channel, payload);
  Transaction transaction = HEARTH_TRY(Transaction::begin(*this));
  HEARTH_TRY(send_in_transaction(channel, payload));
  return transaction.commit();
}

Result<void> SqliteDatabase::send_in_transaction(std::string_view channel,
                                                 std::string_view payload) {
  HEARTH_TRY(connection_.run(kTable, {}));
  HEARTH_TRY(connection_.run(
      "INSERT INTO hearth_notifications(sender, channel, payload) VALUES ($1, $2, $3)",
      {sender_, std::string(channel), std::string(payload)}));
  HEARTH_TRY(
      connection_.run("DELETE FROM hearth_notifications "
                      "WHERE number <= (SELECT max(number) FROM hearth_notifications) - $1",
                      {kNotificationsKept}));
  return {};
}

Result<void> SqliteDatabase::begin_listening(std::string_view channel) {
  HEARTH_TRY(connection_.run(kTable, {}));
  // In this order, so that what is sent in between is looked for.
  const std::int64_t version = HEARTH_TRY(number_in("PRAGMA data_version"));
  const std::int64_t last = HEARTH_TRY(number_in(kLastNumber));
  if (channels_.empty()) {
    last_heard_ = last;
    data_version_ = version;
  }
  channels_.emplace(channel, last);
  return {};
}

Result<std::int64_t> SqliteDatabase::hear(const Row& row, Heard& heard) const {
  Columns columns(row);
  const std::int64_t number = columns.integer();
  const std::int64_t sender = columns.integer();
  Notification said{columns.text(), {}};
  said.payload = columns.text();
  HEARTH_TRY(columns.finish());
  const auto channel = channels_.find(said.channel);
  if (sender != sender_ && channel != channels_.end() && number > channel->second)
    heard.notifications.push_back(std::move(said));
  return number;
}

Result<Heard> SqliteDatabase::take_heard() {
  Heard heard;
  if (channels_.empty()) return heard;
  const std::int64_t version = HEARTH_TRY(number_in("PRAGMA data_version"));
  if (version == data_version_) return heard;
  const Answer answer = HEARTH_TRY(
      connection_.run("SELECT number, sender, channel, payload FROM hearth_notifications "
                      "WHERE number > $1 ORDER BY number",
                      {last_heard_}));
  std::int64_t last = last_heard_;
  for (const Row& row : answer.rows) {
    const std::int64_t number = HEARTH_TRY(hear(row, heard));
    // There are no gaps but where old ones were thrown away.
    heard.missed_some |= number != last + 1;
    last = number;
  }
  last_heard_ = last;
  data_version_ = version;
  return heard;
}

}  // namespace hearth::db
