#include "flow/store/run_store.h"

#include <algorithm>

#include <fmt/format.h>

#include "db/migration.h"
#include "flow/run/state.h"

namespace hearth::flow {

namespace {

constexpr std::size_t kShownBytes = 100;
constexpr std::string_view kHeadColumns =
    "id, owner, task, status, made_ms, changed_ms, events, workspace, parent";

constexpr db::Migration kMigrations[] = {
    {1, "runs",
     "CREATE TABLE flow_runs(id TEXT PRIMARY KEY, owner TEXT NOT NULL, status TEXT NOT NULL, "
     "made_ms {integer} NOT NULL, changed_ms {integer} NOT NULL, events {integer} NOT NULL, "
     "holder TEXT NOT NULL, held_until_ms {integer} NOT NULL, workspace TEXT NOT NULL, "
     "parent TEXT NOT NULL, task TEXT NOT NULL) {strict};"
     "CREATE INDEX flow_runs_by_age ON flow_runs(made_ms);"
     "CREATE TABLE flow_events(run TEXT NOT NULL, number {integer} NOT NULL, "
     "at_ms {integer} NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, "
     "PRIMARY KEY(run, number)) {strict}"},
};

Result<RunHead> head_of(const db::Row& row) {
  db::Columns columns(row);
  RunHead head;
  head.id = columns.text();
  head.owner = columns.text();
  head.task = columns.text();
  const std::string status = columns.text();
  head.made_ms = columns.integer();
  head.changed_ms = columns.integer();
  head.events = static_cast<std::uint64_t>(columns.integer());
  head.workspace = columns.text();
  head.parent = columns.text();
  HEARTH_TRY(columns.finish());
  const auto known = kStatuses.find(status);
  if (!known) return fail(Code::kCorrupt, "a run has the status " + status, head.id);
  head.status = *known;
  return head;
}

Result<std::vector<RunHead>> heads_of(const db::Answer& answer) {
  std::vector<RunHead> heads;
  for (const db::Row& row : answer.rows)
    heads.push_back(HEARTH_TRY(head_of(row)));
  return heads;
}

Failure unknown(std::string_view id) {
  const std::string shown(id.substr(0, kShownBytes));
  return fail(Code::kNotFound,
              fmt::format("there is no task '{}'; `hearth task list` shows them", shown), shown);
}

}  // namespace

bool is_over(RunStatus status) {
  return status != RunStatus::kRunning && status != RunStatus::kWaiting &&
         status != RunStatus::kPaused;
}

RunStatus status_of(const State& state) {
  if (!state.end) {
    if (state.is_paused) return RunStatus::kPaused;
    return state.approval ? RunStatus::kWaiting : RunStatus::kRunning;
  }
  switch (state.end->how) {
    case RunEnded::How::kCompleted:
      return RunStatus::kCompleted;
    case RunEnded::How::kPartial:
      return RunStatus::kPartial;
    case RunEnded::How::kFailed:
      return RunStatus::kFailed;
    case RunEnded::How::kCancelled:
      return RunStatus::kCancelled;
  }
  return RunStatus::kFailed;
}

Result<RunStore> RunStore::open(db::Database& database) {
  HEARTH_TRY(db::migrate(database, "flow", kMigrations));
  return RunStore(database);
}

Result<void> RunStore::make(const RunHead& head, const std::vector<Event>& events) {
  auto transaction = HEARTH_TRY(db::Transaction::begin(*database_));
  HEARTH_TRY(database_->run(
      "INSERT INTO flow_runs(id, owner, task, status, made_ms, changed_ms, events, workspace, "
      "parent, holder, held_until_ms) VALUES($1, $2, $3, $4, $5, $5, $6, $7, $8, '', 0)",
      {head.id, head.owner, head.task, std::string(kStatuses.word(head.status)), head.made_ms,
       static_cast<std::int64_t>(events.size()), head.workspace, head.parent}));
  std::uint64_t number = 0;
  for (const Event& event : events) {
    HEARTH_TRY(insert(head.id,
                      {++number, head.made_ms, std::string(event_name(event)), event_json(event)}));
  }
  HEARTH_TRY(make_room());
  return transaction.commit();
}

Result<void> RunStore::insert(std::string_view id, const KeptEvent& event) {
  if (event.json.size() > 2 * kEventBytesMost) {
    return fail(Code::kResourceExhausted,
                fmt::format("an event of {} bytes is not kept", event.json.size()));
  }
  HEARTH_TRY(database_->run(
      "INSERT INTO flow_events(run, number, at_ms, name, json) VALUES($1, $2, $3, $4, $5)",
      {std::string(id), static_cast<std::int64_t>(event.number), event.at_ms, event.name,
       event.json}));
  return {};
}

Result<void> RunStore::make_room() {
  const db::Answer answer =
      HEARTH_TRY(database_->run("SELECT CAST(COUNT(*) AS BIGINT) FROM flow_runs"));
  db::Columns columns(answer.rows.at(0));
  const std::int64_t over = columns.integer() - kRunsKept;
  HEARTH_TRY(columns.finish());
  if (over <= 0) return {};
  const db::Answer oldest = HEARTH_TRY(database_->run(
      "SELECT id FROM flow_runs WHERE status NOT IN ('running', 'waiting_approval', 'paused') "
      "ORDER BY made_ms, id LIMIT $1",
      {over}));
  for (const db::Row& row : oldest.rows) {
    HEARTH_TRY(database_->run("DELETE FROM flow_events WHERE run = $1", {row.at(0)}));
    HEARTH_TRY(database_->run("DELETE FROM flow_runs WHERE id = $1", {row.at(0)}));
  }
  return {};
}

Result<RunHead> RunStore::find(std::string_view id, std::string_view owner) {
  const db::Answer answer = HEARTH_TRY(database_->run(
      fmt::format("SELECT {} FROM flow_runs WHERE id = $1 AND owner = $2", kHeadColumns),
      {std::string(id), std::string(owner)}));
  if (answer.rows.empty()) return unknown(id);
  return head_of(answer.rows.front());
}

Result<std::vector<RunHead>> RunStore::list(std::string_view owner, std::size_t most) {
  const auto limit = static_cast<std::int64_t>(std::min(most, kListMost));
  const db::Answer answer =
      HEARTH_TRY(database_->run(fmt::format("SELECT {} FROM flow_runs WHERE owner = $1 "
                                            "ORDER BY made_ms DESC, id DESC LIMIT $2",
                                            kHeadColumns),
                                {std::string(owner), limit}));
  return heads_of(answer);
}

Result<std::vector<KeptEvent>> RunStore::events(std::string_view id, std::uint64_t after) {
  const db::Answer answer =
      HEARTH_TRY(database_->run("SELECT number, at_ms, name, json FROM flow_events "
                                "WHERE run = $1 AND number > $2 ORDER BY number",
                                {std::string(id), static_cast<std::int64_t>(after)}));
  std::vector<KeptEvent> events;
  for (const db::Row& row : answer.rows) {
    db::Columns columns(row);
    KeptEvent event;
    event.number = static_cast<std::uint64_t>(columns.integer());
    event.at_ms = columns.integer();
    event.name = columns.text();
    event.json = columns.text();
    HEARTH_TRY(columns.finish());
    events.push_back(std::move(event));
  }
  return events;
}

Result<void> RunStore::hold(std::string_view id, std::string_view holder, std::int64_t now_ms,
                            std::int64_t until_ms) {
  const db::Answer answer = HEARTH_TRY(
      database_->run("UPDATE flow_runs SET holder = $2, held_until_ms = $4 WHERE id = $1 "
                     "AND (holder = '' OR holder = $2 OR held_until_ms < $3)",
                     {std::string(id), std::string(holder), now_ms, until_ms}));
  if (answer.changes == 1) return {};
  return fail(Code::kAlreadyExists, "another daemon works at this task", std::string(id));
}

Result<void> RunStore::renew(std::string_view holder, std::int64_t until_ms) {
  HEARTH_TRY(database_->run("UPDATE flow_runs SET held_until_ms = $2 WHERE holder = $1",
                            {std::string(holder), until_ms}));
  return {};
}

Result<void> RunStore::let_go(std::string_view id, std::string_view holder) {
  HEARTH_TRY(database_->run(
      "UPDATE flow_runs SET holder = '', held_until_ms = 0 WHERE id = $1 AND holder = $2",
      {std::string(id), std::string(holder)}));
  return {};
}

Result<void> RunStore::add(std::string_view id, std::string_view holder, const KeptEvent& event,
                           RunStatus status) {
  auto transaction = HEARTH_TRY(db::Transaction::begin(*database_));
  const auto number = static_cast<std::int64_t>(event.number);
  const db::Answer answer = HEARTH_TRY(
      database_->run("UPDATE flow_runs SET events = $3, status = $4, changed_ms = $5 WHERE id = $1 "
                     "AND holder = $2 AND events = $3 - 1",
                     {std::string(id), std::string(holder), number,
                      std::string(kStatuses.word(status)), event.at_ms}));
  if (answer.changes != 1) {
    return fail(Code::kAlreadyExists, "somebody else works at this task", std::string(id));
  }
  HEARTH_TRY(insert(id, event));
  return transaction.commit();
}

Result<std::vector<RunHead>> RunStore::abandoned(std::string_view holder, std::int64_t now_ms) {
  const db::Answer answer = HEARTH_TRY(database_->run(
      fmt::format("SELECT {} FROM flow_runs WHERE status = 'running' AND (holder = '' "
                  "OR holder = $1 OR held_until_ms < $2) ORDER BY made_ms",
                  kHeadColumns),
      {std::string(holder), now_ms}));
  return heads_of(answer);
}

}  // namespace hearth::flow
