#include "db/migration.h"

#include <fmt/format.h>

#include "base/fnv.h"
#include "base/log.h"

namespace hearth::db {

namespace {

// Who waits for another's migration waits this often for lock_wait.
constexpr int kWaitsMax = 60;

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS hearth_migrations(room TEXT NOT NULL, number {integer} NOT NULL, "
    "name TEXT NOT NULL, digest TEXT NOT NULL, applied_ms {integer} NOT NULL, "
    "PRIMARY KEY(room, number)) {strict}";

std::string digest_of(const Migration& migration) {
  return fmt::format("{:016x}", base::fnv1a(migration.sql));
}

// Another's migration can take longer than any other lock is held.
Result<Transaction> begin_patiently(Database& database) {
  for (int waits = 1;; ++waits) {
    auto transaction = Transaction::begin(database);
    const bool waits_on =
        !transaction && waits < kWaitsMax && transaction.error().code == Code::kDeadlineExceeded;
    if (!waits_on) return transaction;
    if (waits == 1)
      log::info("another process changes the database; waiting", {{"database", database.name()}});
  }
}

Failure newer(const Database& database, std::string_view room, std::size_t known) {
  return fail(Code::kUnimplemented,
              fmt::format("a newer Hearth has changed '{0}' in the database {1}: this one knows "
                          "version {2} and none above it. Start the newer Hearth, or go back to a "
                          "copy that was kept (….before-{0}-{3})",
                          room, database.name(), known, known + 1),
              database.name());
}

Failure another(const Database& database, std::string_view room, const Migration& migration) {
  return fail(Code::kCorrupt,
              fmt::format("migration {} ('{}') of '{}' in the database {} is another one than this "
                          "Hearth has; it was made by a version that was never released, or "
                          "changed by hand",
                          migration.number, migration.name, room, database.name()),
              database.name());
}

// How many of them the database has, when it has those that stand here and no others.
Result<std::size_t> applied_count(Database& database, std::string_view room,
                                  std::span<const Migration> migrations) {
  const Answer answer =
      HEARTH_TRY(database.run("SELECT number, digest FROM hearth_migrations WHERE room = $1 "
                              "ORDER BY number",
                              {std::string(room)}));
  if (answer.rows.size() > migrations.size()) return newer(database, room, migrations.size());
  for (std::size_t i = 0; i < answer.rows.size(); ++i) {
    Columns columns(answer.rows[i]);
    const std::int64_t number = columns.integer();
    const std::string digest = columns.text();
    HEARTH_TRY(columns.finish());
    if (number != migrations[i].number || digest != digest_of(migrations[i]))
      return another(database, room, migrations[i]);
  }
  return answer.rows.size();
}

Result<void> apply(Database& database, std::string_view room, const Migration& migration) {
  auto applied = database.run_script(in_words(migration.sql, database.words()));
  if (!applied) {
    Error error = std::move(applied).error();
    error.message = fmt::format("migration {} ('{}') of '{}': {}", migration.number, migration.name,
                                room, error.message);
    return fail(std::move(error));
  }
  HEARTH_TRY(
      database.run("INSERT INTO hearth_migrations(room, number, name, digest, applied_ms) "
                   "VALUES ($1, $2, $3, $4, $5)",
                   {std::string(room), migration.number, std::string(migration.name),
                    digest_of(migration), base::system_clock().wall_ms()}));
  return {};
}

}  // namespace

Result<void> migrate(Database& database, std::string_view room,
                     std::span<const Migration> migrations) {
  for (std::size_t i = 0; i < migrations.size(); ++i)
    HEARTH_ASSERT(migrations[i].number == static_cast<int>(i) + 1);
  Transaction transaction = HEARTH_TRY(begin_patiently(database));
  HEARTH_TRY(database.run(in_words(kTable, database.words())));
  const std::size_t count = HEARTH_TRY(applied_count(database, room, migrations));
  const auto missing = migrations.subspan(count);
  if (missing.empty()) return transaction.commit();
  if (count > 0)
    HEARTH_TRY(database.keep_copy(fmt::format("before-{}-{}", room, missing.front().number)));
  for (const Migration& migration : missing)
    HEARTH_TRY(apply(database, room, migration));
  HEARTH_TRY(transaction.commit());
  log::info("the database was brought up to this version",
            {{"database", database.name()}, {"room", room}, {"version", migrations.size()}});
  return {};
}

}  // namespace hearth::db
