// Where the daemon keeps what has to outlive it: SQLite in a file, or a PostgreSQL server that
// several daemons share. Statements are SQL that both understand, with $1, $2 … for values, so that
// a room writes each once. It is no object mapper, makes no SQL, and has no pool.
//
//   auto database = HEARTH_TRY(db::open_database(home.path("hearth.db")));
//   auto transaction = HEARTH_TRY(db::Transaction::begin(*database));
//   HEARTH_TRY(database->run("UPDATE pots SET beans = beans - $1 WHERE id = $2", {3, "left"}));
//   HEARTH_TRY(transaction.commit());
//
// Threads:    confined to one thread at a time. Every call blocks, on the disk, the server or a
//             lock: none is for the loop.
// Invariants: what was committed survives the end of the process and of the machine. Transactions
//             go one after another, those of other processes too, so that what one reads another
//             transaction does not change before it ends. A statement outside of a transaction is
//             one of its own; on PostgreSQL its effect can show between two statements of another's
//             transaction.
// Errors:     kAlreadyExists     a key that must be unique is there already
//             kInvalidArgument   another rule of a table is broken, or a value cannot be kept
//             kDeadlineExceeded  another process did not let go of a lock within lock_wait
//             kResourceExhausted the disk is full
//             kCorrupt           the file is damaged
//             kPermissionDenied, kUnauthenticated
//             kUnavailable       the server or the file is out of reach; trying later can help
//             kInternal          the SQL is wrong
//             No message has a value or a password in it.
// Limits:     all rows of an answer are in memory at once: who may meet many says LIMIT.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "db/value.h"

namespace hearth::db {

// What a notification may carry; PostgreSQL takes no more.
inline constexpr std::size_t kPayloadBytesMax = 7900;

struct Options {
  // How long a statement waits for a lock that another process holds.
  base::Duration lock_wait = std::chrono::seconds(5);
};

// The types of columns where the dialects differ. A text is TEXT in both.
struct Words {
  std::string_view integer;  // 64 bits
  std::string_view real;
  std::string_view bytes;
  std::string_view strict;  // after a table's last parenthesis
};

// `sql` with {integer}, {real}, {bytes} and {strict} said as the dialect says them. Pure.
std::string in_words(std::string_view sql, const Words& words);

struct Notification {
  std::string channel;
  std::string payload;
  bool operator==(const Notification&) const = default;
};

struct Heard {
  std::vector<Notification> notifications;  // as they were sent
  // Others may have been missed: look at everything again.
  bool missed_some = false;
};

class Database {
 public:
  explicit Database(std::string name) : name_(std::move(name)) {}
  virtual ~Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // One statement. Outside of a transaction a server that cut the connection is connected to again
  // before the statement is sent; what breaks afterwards is kUnavailable, and it may have happened.
  Result<Answer> run(std::string_view sql, const std::vector<Value>& values = {});
  // Several statements without values, as migrations have them. REQUIRES: a transaction.
  Result<void> run_script(std::string_view sql);

  // Hints between processes that something changed. They arrive when the transaction they were sent
  // in is committed, and not at the Database that sent them. They can get lost, which is told.
  // REQUIRES: a channel is of a-z and _.
  Result<void> notify(std::string_view channel, std::string_view payload);
  // Hears what is sent from now on. REQUIRES: no transaction.
  Result<void> listen(std::string_view channel);
  // What was committed since the last time; does not wait for more. REQUIRES: no transaction.
  Result<Heard> heard();

  // A copy of everything as it is now, for who goes back: beside the file, the file's name with
  // `.suffix` behind it. Of a server only its operator can make one, who is asked to in the log.
  virtual Result<void> keep_copy(std::string_view suffix) = 0;
  virtual const Words& words() const = 0;
  // For messages: a path, or a URL without user and password.
  const std::string& name() const { return name_; }

 protected:
  bool in_transaction() const { return state_ != State::kFree; }

 private:
  friend class Transaction;
  enum class State : std::uint8_t { kFree, kOpen, kFailed };

  virtual Result<Answer> run_one(std::string_view sql, const std::vector<Value>& values) = 0;
  virtual Result<void> run_all(std::string_view sql) = 0;
  virtual Result<void> send(std::string_view channel, std::string_view payload) = 0;
  virtual Result<void> begin_listening(std::string_view channel) = 0;
  virtual Result<Heard> take_heard() = 0;
  virtual Result<void> begin() = 0;
  virtual Result<void> commit() = 0;
  virtual void roll_back() = 0;

  // Within a transaction the first failure is the last statement, as PostgreSQL has it.
  Result<void> check_usable() const;
  template <typename T>
  Result<T> noted(Result<T> result);

  const std::string name_;
  State state_ = State::kFree;
};

// What is run between begin and commit happens as a whole, or not at all: without a commit it is
// rolled back at the end.
//
// Ownership: REQUIRES: the database outlives it, and has no other transaction.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // Ends it. After an Error nothing of it is kept, unless the server was lost just then.
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // none when it has ended
};

// A file by its absolute path, which is made where there is none, or a server by its URL,
// "postgresql://…".
Result<std::unique_ptr<Database>> open_database(const std::string& place, Options options = {});

}  // namespace hearth::db
