#include "responses/response_store.h"

#include <algorithm>

#include <fmt/format.h>

#include "db/migration.h"

namespace hearth::responses {

namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::size_t kShownBytes = 100;
constexpr int kOldestAtOnce = 100;

// The texts stand last, so that who counts does not read them.
constexpr db::Migration kMigrations[] = {
    {1, "kept responses",
     "CREATE TABLE responses_kept(id TEXT PRIMARY KEY, owner TEXT NOT NULL, "
     "previous TEXT NOT NULL, used_ms {integer} NOT NULL, size {integer} NOT NULL, "
     "body TEXT NOT NULL, input TEXT NOT NULL) {strict};"
     "CREATE INDEX responses_by_use ON responses_kept(used_ms, size)"},
};

std::int64_t size_of(const KeptResponse& response) {
  return static_cast<std::int64_t>(response.id.size() + response.owner.size() +
                                   response.previous.size() + response.body.size() +
                                   response.input.size());
}

Result<KeptResponse> response_of(const db::Row& row) {
  db::Columns columns(row);
  KeptResponse response;
  response.id = columns.text();
  response.owner = columns.text();
  response.previous = columns.text();
  response.body = columns.text();
  response.input = columns.text();
  HEARTH_TRY(columns.finish());
  return response;
}

Failure unknown(std::string_view id) {
  const std::string shown(id.substr(0, kShownBytes));
  return fail(Code::kNotFound, fmt::format("Response with id '{}' not found.", shown), shown);
}

}  // namespace

Result<ResponseStore> ResponseStore::open(db::Database& database, Bounds bounds) {
  HEARTH_TRY(db::migrate(database, "responses", kMigrations));
  return ResponseStore(database, bounds);
}

Result<void> ResponseStore::put(const KeptResponse& response, std::int64_t now_ms) {
  const std::int64_t size = size_of(response);
  if (size > bounds_.each_bytes) {
    return fail(Code::kResourceExhausted,
                fmt::format("a response of {} bytes is not kept; the limit is {}", size,
                            bounds_.each_bytes));
  }
  auto transaction = HEARTH_TRY(db::Transaction::begin(*database_));
  HEARTH_TRY(
      database_->run("INSERT INTO responses_kept(id, owner, previous, used_ms, size, body, input) "
                     "VALUES($1, $2, $3, $4, $5, $6, $7)",
                     {response.id, response.owner, response.previous, now_ms, size, response.body,
                      response.input}));
  HEARTH_TRY(make_room(now_ms));
  return transaction.commit();
}

Result<void> ResponseStore::make_room(std::int64_t now_ms) {
  HEARTH_TRY(database_->run("DELETE FROM responses_kept WHERE used_ms < $1",
                            {now_ms - bounds_.unused_days * kDayMs}));
  for (;;) {
    const db::Answer answer = HEARTH_TRY(
        database_->run("SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(size), 0) AS BIGINT) "
                       "FROM responses_kept"));
    db::Columns columns(answer.rows.at(0));
    const std::int64_t responses = columns.integer() - bounds_.responses;
    const std::int64_t bytes = columns.integer() - bounds_.bytes;
    HEARTH_TRY(columns.finish());
    if (responses <= 0 && bytes <= 0) return {};
    HEARTH_TRY(remove_oldest(responses, bytes));
  }
}

// At least one, and as many as that takes of those that it looks at.
Result<void> ResponseStore::remove_oldest(std::int64_t responses, std::int64_t bytes) {
  const db::Answer oldest = HEARTH_TRY(database_->run(fmt::format(
      "SELECT id, size FROM responses_kept ORDER BY used_ms, id LIMIT {}", kOldestAtOnce)));
  for (const db::Row& row : oldest.rows) {
    if (responses <= 0 && bytes <= 0) break;
    db::Columns columns(row);
    const std::string id = columns.text();
    const std::int64_t size = columns.integer();
    HEARTH_TRY(columns.finish());
    HEARTH_TRY(database_->run("DELETE FROM responses_kept WHERE id = $1", {id}));
    responses -= 1;
    bytes -= size;
  }
  return {};
}

Result<KeptResponse> ResponseStore::find(std::string_view id, std::string_view owner) {
  const db::Answer answer =
      HEARTH_TRY(database_->run("SELECT id, owner, previous, body, input FROM responses_kept "
                                "WHERE id = $1 AND owner = $2",
                                {std::string(id), std::string(owner)}));
  if (answer.rows.empty()) return unknown(id);
  return response_of(answer.rows.front());
}

Result<std::vector<KeptResponse>> ResponseStore::find_past(std::string_view id,
                                                           std::string_view owner,
                                                           std::int64_t now_ms) {
  auto transaction = HEARTH_TRY(db::Transaction::begin(*database_));
  std::vector<KeptResponse> past;
  std::int64_t bytes = 0;
  for (std::string next(id); past.empty() || !next.empty(); next = past.back().previous) {
    past.push_back(HEARTH_TRY(find(next, owner)));
    bytes += size_of(past.back());
    if (past.size() <= bounds_.past && bytes <= bounds_.past_bytes) continue;
    return fail(Code::kInvalidArgument,
                fmt::format("the conversation before is longer than {} responses or {} bytes; "
                            "begin a new one",
                            bounds_.past, bounds_.past_bytes));
  }
  for (const KeptResponse& one : past)
    HEARTH_TRY(
        database_->run("UPDATE responses_kept SET used_ms = $2 WHERE id = $1", {one.id, now_ms}));
  HEARTH_TRY(transaction.commit());
  std::reverse(past.begin(), past.end());
  return past;
}

Result<void> ResponseStore::remove(std::string_view id, std::string_view owner) {
  const db::Answer answer =
      HEARTH_TRY(database_->run("DELETE FROM responses_kept WHERE id = $1 AND owner = $2",
                                {std::string(id), std::string(owner)}));
  if (answer.changes == 0) return unknown(id);
  return {};
}

}  // namespace hearth::responses
