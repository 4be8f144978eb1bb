// The driver for a file. What stands in database.h is all that there is to know of it;
// notifications are rows of a small table, looked at when another connection has changed the file.
//
// REQUIRES: nobody in this process opens the file by other means; closing it again would drop the
//         locks that SQLite has on it.
// Limits: kNotificationsKept of them; who is further behind is told that some were missed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/sqlite/sqlite_connection.h"

namespace hearth::db {

inline constexpr std::int64_t kNotificationsKept = 1000;

class SqliteDatabase final : public Database {
 public:
  static Result<std::unique_ptr<Database>> open(const std::string& path, Options options);

  Result<void> keep_copy(std::string_view suffix) override;
  const Words& words() const override;

 private:
  SqliteDatabase(const std::string& path, SqliteConnection connection, Options options);

  Result<Answer> run_one(std::string_view sql, const std::vector<Value>& values) override;
  Result<void> run_all(std::string_view sql) override;
  Result<void> send(std::string_view channel, std::string_view payload) override;
  Result<void> begin_listening(std::string_view channel) override;
  Result<Heard> take_heard() override;
  Result<void> begin() override;
  Result<void> commit() override;
  void roll_back() override;

  Result<void> send_in_transaction(std::string_view channel, std::string_view payload);
  Result<std::int64_t> number_in(const char* sql);
  // Adds what is meant for us; returns its number.
  Result<std::int64_t> hear(const Row& row, Heard& heard) const;

  SqliteConnection connection_;
  const Options options_;
  const std::int64_t sender_;  // tells ours from the notifications of others
  std::map<std::string, std::int64_t, std::less<>> channels_;  // and what was the last before each
  std::int64_t last_heard_ = 0;
  std::int64_t data_version_ = 0;  // changes when another connection commits
};

}  // namespace hearth::db
