// How the tables of a room come to be as this version wants them. Each room has its own list, which
// only grows; what was applied stands in the table hearth_migrations, with a digest of it.
//
//   constexpr db::Migration kMigrations[] = {
//       {1, "keys", "CREATE TABLE keys(id TEXT PRIMARY KEY, made_ms {integer} NOT NULL) {strict}"},
//   };
//   HEARTH_TRY(db::migrate(database, "access", kMigrations));
//
// Threads: as Database.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "db/database.h"

namespace hearth::db {

struct Migration {
  int number;  // 1, 2, 3 …
  std::string_view name;
  std::string_view sql;  // one statement or more, with the words of db::Words
};

// Applies those that are missing: all of them, or none and an Error. Several daemons may do it at
// once, of which one does and the others wait. Before tables that exist are changed a copy is kept,
// "….before-ROOM-N", where N is the first migration that was missing.
//
// Errors: those of Database, and
//         kUnimplemented  a newer version was here, which a message says
//         kCorrupt        what was applied once is not what this version has under its number
// REQUIRES: a room is of a-z and _; its migrations have the numbers 1, 2, 3 …; no transaction.
Result<void> migrate(Database& database, std::string_view room,
                     std::span<const Migration> migrations);

}  // namespace hearth::db
