#include "db/postgres/postgres_database.h"

#include <array>
#include <charconv>
#include <cstring>
#include <tuple>
#include <utility>

#include <libpq-fe.h>
#include <poll.h>

#include "base/log.h"
#include "db/postgres/postgres_error.h"
#include "db/postgres/wire_values.h"

namespace hearth::db {

namespace {

// Of all locks of a database this one is Hearth's; the letters "hearthdb".
constexpr const char* kBegin = "BEGIN; SELECT pg_advisory_xact_lock(7522525896799446114)";
// What a server left behind before it cut a connection: its last words, and the end.
constexpr int kReadsMax = 8;

std::string milliseconds(base::Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

bool has_something_to_read(int socket) {
  pollfd entry{socket, POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0;
}

void drop_notice(void*, const char*) {}

std::int64_t changes_of(PGresult* reply) {
  // For a SELECT it is the number of rows that were read.
  if (std::string_view(::PQcmdStatus(reply)).starts_with("SELECT")) return 0;
  const std::string_view text = ::PQcmdTuples(reply);
  std::int64_t changes = 0;
  std::from_chars(text.data(), text.data() + text.size(), changes);
  return changes;
}

}  // namespace

void PostgresDatabase::Finish::operator()(pg_conn* connection) const {
  ::PQfinish(connection);
}

void PostgresDatabase::Clear::operator()(pg_result* result) const {
  ::PQclear(result);
}

PostgresDatabase::PostgresDatabase(ServerAddress address, Options options)
    : Database(address.name()), address_(std::move(address)), options_(options) {}

Result<std::unique_ptr<Database>> PostgresDatabase::open(const std::string& url, Options options) {
  ServerAddress address = HEARTH_TRY(ServerAddress::parse(url));
  std::unique_ptr<PostgresDatabase> made(new PostgresDatabase(std::move(address), options));
  HEARTH_TRY(made->connect());
  return std::unique_ptr<Database>(std::move(made));
}

const Words& PostgresDatabase::words() const {
  static constexpr Words kWords{
      .integer = "BIGINT", .real = "DOUBLE PRECISION", .bytes = "BYTEA", .strict = ""};
  return kWords;
}

bool PostgresDatabase::is_connected() const {
  return connection_ && ::PQstatus(connection_.get()) == CONNECTION_OK;
}

Result<void> PostgresDatabase::connect() {
  const std::string timeout = std::to_string(kConnectTimeoutS);
  const std::string silence = std::to_string(kSilenceMaxMs);
  // What stands after the URL holds, whatever that says; what is before it, where it says nothing.
  const std::array<std::pair<const char*, const char*>, 7> settings = {{
      {"connect_timeout", timeout.c_str()},
      {"fallback_application_name", "hearth"},
      {"keepalives_idle", "10"},
      {"keepalives_interval", "5"},
      {"tcp_user_timeout", silence.c_str()},
      {"dbname", address_.url().c_str()},
      {"client_encoding", "UTF8"},
  }};
  std::array<const char*, settings.size() + 1> names{};
  std::array<const char*, settings.size() + 1> contents{};
  for (std::size_t i = 0; i < settings.size(); ++i)
    std::tie(names[i], contents[i]) = settings[i];
  constexpr int kExpandUrl = 1;
  connection_.reset(::PQconnectdbParams(names.data(), contents.data(), kExpandUrl));
  if (!connection_) return fail(Code::kOutOfMemory, "not enough memory to connect to a database");
  if (is_connected()) return set_up_session();
  const bool wants_password = ::PQconnectionNeedsPassword(connection_.get()) != 0 ||
                              ::PQconnectionUsedPassword(connection_.get()) != 0;
  const std::string said = address_.without_secrets(::PQerrorMessage(connection_.get()));
  connection_.reset();
  return fail(wants_password ? Code::kUnauthenticated : Code::kUnavailable,
              "cannot connect to the database " + name() + ": " + said, name());
}

Result<void> PostgresDatabase::set_up_session() {
  ::PQsetNoticeProcessor(connection_.get(), &drop_notice, nullptr);
  std::string sql =
      "SET lock_timeout = " + milliseconds(options_.lock_wait) +
      "; SET idle_in_transaction_session_timeout = " + milliseconds(kIdleTransactionMax);
  for (const std::string& channel : channels_)
    sql += "; LISTEN " + channel;
  HEARTH_TRY(script(sql));
  return {};
}

Result<void> PostgresDatabase::ensure_connected() {
  if (in_transaction()) return {};  // it is lost with its connection, which the next reply tells
  for (int reads = 0; reads < kReadsMax && is_connected(); ++reads) {
    if (!has_something_to_read(::PQsocket(connection_.get()))) return {};
    ::PQconsumeInput(connection_.get());
  }
  if (is_connected()) return {};
  missed_some_ = true;
  return connect();
}

Result<PostgresDatabase::Reply> PostgresDatabase::checked(Reply reply) const {
  const ExecStatusType status = ::PQresultStatus(reply.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return reply;
  const char* state = ::PQresultErrorField(reply.get(), PG_DIAG_SQLSTATE);
  const char* said = ::PQresultErrorField(reply.get(), PG_DIAG_MESSAGE_PRIMARY);
  const std::string words =
      address_.without_secrets(said != nullptr ? said : ::PQerrorMessage(connection_.get()));
  return fail(postgres_error(state != nullptr ? state : "", name(), words));
}

Result<PostgresDatabase::Reply> PostgresDatabase::script(const std::string& sql) const {
  if (!connection_) return fail(postgres_error("", name(), "there is no connection"));
  return checked(Reply(::PQexec(connection_.get(), sql.c_str())));
}

Result<Answer> PostgresDatabase::run_one(std::string_view sql, const std::vector<Value>& values) {
  HEARTH_TRY(ensure_connected());
  if (!connection_) return fail(postgres_error("", name(), "there is no connection"));
  const Parameters parameters(values);
  const Reply reply = HEARTH_TRY(checked(Reply(::PQexecParams(
      connection_.get(), std::string(sql).c_str(), parameters.count(), parameters.types(),
      parameters.contents(), parameters.lengths(), parameters.formats(), 0))));
  Answer answer;
  answer.rows = HEARTH_TRY(rows_of(reply.get()));
  answer.changes = changes_of(reply.get());
  return answer;
}

Result<void> PostgresDatabase::run_all(std::string_view sql) {
  HEARTH_TRY(ensure_connected());
  HEARTH_TRY(script(std::string(sql)));
  return {};
}

Result<void> PostgresDatabase::begin() {
  HEARTH_TRY(ensure_connected());
  auto locked = script(kBegin);
  if (locked) return {};
  std::ignore = script("ROLLBACK");
  return fail(std::move(locked).error());
}

Result<void> PostgresDatabase::commit() {
  const Reply reply = HEARTH_TRY(script("COMMIT"));
  // To a transaction in which something failed it says ROLLBACK, and that it went well.
  if (std::strcmp(::PQcmdStatus(reply.get()), "COMMIT") == 0) return {};
  return fail(Code::kInternal, "a transaction was rolled back instead of committed", name());
}

void PostgresDatabase::roll_back() {
  if (is_connected() && ::PQtransactionStatus(connection_.get()) != PQTRANS_IDLE)
    std::ignore = script("ROLLBACK");
}

Result<void> PostgresDatabase::keep_copy(std::string_view suffix) {
  log::warning("the database is about to change for a newer version; going back takes a backup",
               {{"database", name()}, {"change", suffix}});
  return {};
}

Result<void> PostgresDatabase::send(std::string_view channel, std::string_view payload) {
  HEARTH_TRY(run_one("SELECT pg_notify($1, $2)", {std::string(channel), std::string(payload)}));
  return {};
}

Result<void> PostgresDatabase::begin_listening(std::string_view channel) {
  HEARTH_TRY(ensure_connected());
  HEARTH_TRY(script("LISTEN " + std::string(channel)));
  channels_.emplace(channel);
  return {};
}

Result<Heard> PostgresDatabase::take_heard() {
  Heard heard;
  if (channels_.empty()) return heard;
  HEARTH_TRY(ensure_connected());
  // Before a server answers, it sends what was notified until then.
  HEARTH_TRY(script("SELECT 1"));
  heard.missed_some = std::exchange(missed_some_, false);
  const auto next = [&] {
    return std::unique_ptr<PGnotify, decltype(&::PQfreemem)>(::PQnotifies(connection_.get()),
                                                             &::PQfreemem);
  };
  const int ourselves = ::PQbackendPID(connection_.get());
  for (auto said = next(); said; said = next()) {
    if (said->be_pid != ourselves) heard.notifications.push_back({said->relname, said->extra});
  }
  return heard;
}

}  // namespace hearth::db
