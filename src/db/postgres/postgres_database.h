// The driver for a PostgreSQL server. What stands in database.h is all that there is to know of it.
//
// A transaction takes an advisory lock first, so that transactions go one after another as they do
// in a file, and none has to be tried again. The server ends one that is left open
// (kIdleTransactionMax), so that a daemon that lost its network does not hold up the others.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/postgres/server_address.h"

struct pg_conn;
struct pg_result;

namespace hearth::db {

// Where the URL says nothing else.
inline constexpr int kConnectTimeoutS = 10;
// A server that says nothing for so long is gone.
inline constexpr int kSilenceMaxMs = 30'000;
inline constexpr auto kIdleTransactionMax = std::chrono::seconds(60);

class PostgresDatabase final : public Database {
 public:
  static Result<std::unique_ptr<Database>> open(const std::string& url, Options options);

  Result<void> keep_copy(std::string_view suffix) override;
  const Words& words() const override;

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  struct Clear {
    void operator()(pg_result* result) const;
  };
  using Reply = std::unique_ptr<pg_result, Clear>;

  PostgresDatabase(ServerAddress address, Options options);

  Result<Answer> run_one(std::string_view sql, const std::vector<Value>& values) override;
  Result<void> run_all(std::string_view sql) override;
  Result<void> send(std::string_view channel, std::string_view payload) override;
  Result<void> begin_listening(std::string_view channel) override;
  Result<Heard> take_heard() override;
  Result<void> begin() override;
  Result<void> commit() override;
  void roll_back() override;

  Result<void> connect();
  Result<void> set_up_session();
  // Connects again where the connection is gone and nothing hangs on it.
  Result<void> ensure_connected();
  bool is_connected() const;
  // The reply, or what was wrong with it.
  Result<Reply> checked(Reply reply) const;
  Result<Reply> script(const std::string& sql) const;

  const ServerAddress address_;
  const Options options_;
  std::unique_ptr<pg_conn, Finish> connection_;
  std::set<std::string, std::less<>> channels_;
  bool missed_some_ = false;  // what was sent while there was no connection
};

}  // namespace hearth::db
