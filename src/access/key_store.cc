#include "access/key_store.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/ids.h"
#include "base/utf8.h"
#include "db/migration.h"

namespace hearth::access {

namespace {

constexpr db::Migration kMigrations[] = {
    {1, "keys and usage",
     "CREATE TABLE access_keys(id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
     "hash {bytes} NOT NULL UNIQUE, scope {integer} NOT NULL, requests_per_minute {integer}, "
     "tokens_per_day {integer}, expires_ms {integer}, created_ms {integer} NOT NULL, "
     "revoked_ms {integer}, last_used_ms {integer}) {strict};"
     "CREATE TABLE access_usage(key_id TEXT NOT NULL REFERENCES access_keys(id) ON DELETE CASCADE, "
     "day {integer} NOT NULL, tokens {integer} NOT NULL, PRIMARY KEY(key_id, day)) {strict}"},
};

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
}

Failure wrong(std::string message) {
  return fail(Code::kInvalidArgument, std::move(message));
}

Result<void> check(const KeyTerms& terms, std::int64_t now_ms) {
  if (terms.name.empty()) return wrong("a key needs a name, so that one can tell it from others");
  if (terms.name.size() > kKeyNameBytesMax)
    return wrong(fmt::format("the name of a key has at most {} bytes", kKeyNameBytesMax));
  if (!base::is_utf8(terms.name) || std::any_of(terms.name.begin(), terms.name.end(), is_control))
    return wrong("the name of a key is a text without control characters");
  if (terms.requests_per_minute && *terms.requests_per_minute < 1)
    return wrong(fmt::format("{} requests per minute let nobody in; give 1 or more",
                             *terms.requests_per_minute));
  if (terms.tokens_per_day && *terms.tokens_per_day < 1)
    return wrong(
        fmt::format("{} tokens per day let nobody in; give 1 or more", *terms.tokens_per_day));
  if (terms.expires_ms && *terms.expires_ms <= now_ms)
    return wrong("the key would have expired already");
  return {};
}

Result<Scope> scope_numbered(std::int64_t number) {
  for (const Scope scope : {Scope::kInference, Scope::kManage, Scope::kAdmin}) {
    if (static_cast<std::int64_t>(scope) == number) return scope;
  }
  return fail(Code::kCorrupt, fmt::format("a key in the database has the scope {}", number));
}

Result<InboundKey> key_of(const db::Row& row) {
  db::Columns columns(row);
  InboundKey key;
  key.id = columns.text();
  key.terms.name = columns.text();
  key.hash = KeyHash::from_bytes(columns.bytes());
  const std::int64_t scope = columns.integer();
  key.terms.requests_per_minute = columns.maybe_integer();
  key.terms.tokens_per_day = columns.maybe_integer();
  key.terms.expires_ms = columns.maybe_integer();
  key.created_ms = columns.integer();
  key.revoked_ms = columns.maybe_integer();
  key.last_used_ms = columns.maybe_integer();
  HEARTH_TRY(columns.finish());
  key.terms.scope = HEARTH_TRY(scope_numbered(scope));
  return key;
}

Result<Usage> usage_of(const db::Row& row) {
  db::Columns columns(row);
  Usage usage;
  usage.key_id = columns.text();
  usage.day = columns.integer();
  usage.tokens = columns.integer();
  HEARTH_TRY(columns.finish());
  return usage;
}

Failure unknown(std::string_view id) {
  return fail(Code::kNotFound, fmt::format("there is no API key '{}'", id));
}

}  // namespace

Result<KeyStore> KeyStore::open(db::Database& database) {
  HEARTH_TRY(db::migrate(database, "access", kMigrations));
  return KeyStore(database);
}

Result<KeyStore::NewKey> KeyStore::create(const KeyTerms& terms, std::int64_t now_ms) {
  HEARTH_TRY(check(terms, now_ms));
  NewKey made;
  made.secret = make_secret();
  made.key.id = base::make_id("key");
  made.key.terms = terms;
  made.key.hash = KeyHash::of(made.secret);
  made.key.created_ms = now_ms;
  auto inserted = insert(made.key);
  if (!inserted && inserted.error().code == Code::kAlreadyExists)
    return fail(Code::kAlreadyExists,
                fmt::format("there is an API key with the name '{}' already", terms.name));
  if (!inserted) return fail(std::move(inserted).error());
  return made;
}

Result<void> KeyStore::insert(const InboundKey& key) {
  auto transaction = HEARTH_TRY(db::Transaction::begin(*database_));
  const auto all = HEARTH_TRY(database_->run("SELECT id FROM access_keys"));
  if (all.rows.size() >= kKeysMax) {
    return fail(Code::kResourceExhausted,
                fmt::format("there are {} API keys, which is the most; remove some", kKeysMax));
  }
  HEARTH_TRY(database_->run(
      "INSERT INTO access_keys(id, name, hash, scope, requests_per_minute, tokens_per_day, "
      "expires_ms, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {key.id, key.terms.name, db::Bytes{key.hash.bytes()},
       static_cast<std::int64_t>(key.terms.scope), db::nullable(key.terms.requests_per_minute),
       db::nullable(key.terms.tokens_per_day), db::nullable(key.terms.expires_ms),
       key.created_ms}));
  HEARTH_TRY(database_->notify(kKeysChannel, key.id));
  return transaction.commit();
}

Result<std::vector<InboundKey>> KeyStore::select(std::string_view where,
                                                 const std::vector<db::Value>& values) const {
  const auto answer = HEARTH_TRY(database_->run(
      fmt::format("SELECT id, name, hash, scope, requests_per_minute, tokens_per_day, expires_ms, "
                  "created_ms, revoked_ms, last_used_ms FROM access_keys {} "
                  "ORDER BY created_ms, id",
                  where),
      values));
  std::vector<InboundKey> keys;
  for (const db::Row& row : answer.rows)
    keys.push_back(HEARTH_TRY(key_of(row)));
  return keys;
}

Result<std::vector<InboundKey>> KeyStore::list() const {
  return select("", {});
}

Result<std::optional<InboundKey>> KeyStore::find(const KeyHash& hash) const {
  auto keys = HEARTH_TRY(select("WHERE hash = $1", {db::Bytes{hash.bytes()}}));
  if (keys.empty()) return std::optional<InboundKey>();
  return std::optional(std::move(keys.front()));
}

Result<std::int64_t> KeyStore::change(std::string_view sql, const std::vector<db::Value>& values) {
  auto transaction = HEARTH_TRY(db::Transaction::begin(*database_));
  const auto answer = HEARTH_TRY(database_->run(sql, values));
  HEARTH_TRY(database_->notify(kKeysChannel, ""));
  HEARTH_TRY(transaction.commit());
  return answer.changes;
}

Result<void> KeyStore::revoke(std::string_view id, std::int64_t now_ms) {
  const std::int64_t changes = HEARTH_TRY(
      change("UPDATE access_keys SET revoked_ms = coalesce(revoked_ms, $2) WHERE id = $1",
             {std::string(id), now_ms}));
  if (changes == 0) return unknown(id);
  return {};
}

Result<void> KeyStore::remove(std::string_view id) {
  const std::int64_t changes =
      HEARTH_TRY(change("DELETE FROM access_keys WHERE id = $1", {std::string(id)}));
  if (changes == 0) return unknown(id);
  return {};
}

Result<Usage> KeyStore::add_tokens(std::string_view id, std::int64_t tokens, std::int64_t now_ms) {
  HEARTH_ASSERT(tokens >= 0);
  const std::int64_t day = day_of(now_ms);
  auto answer = database_->run(
      "INSERT INTO access_usage(key_id, day, tokens) VALUES ($1, $2, $3) ON CONFLICT (key_id, day) "
      "DO UPDATE SET tokens = access_usage.tokens + excluded.tokens RETURNING key_id, day, tokens",
      {std::string(id), day, tokens});
  // The rule that is broken then is that there is such a key.
  if (!answer && answer.error().code == Code::kInvalidArgument) return unknown(id);
  if (!answer) return fail(std::move(answer).error());
  if (answer->rows.size() != 1) return fail(Code::kInternal, "tokens were not added");
  const Usage usage = HEARTH_TRY(usage_of(answer->rows[0]));
  const bool first_of_the_day = usage.tokens == tokens;
  if (first_of_the_day)
    HEARTH_TRY(database_->run("DELETE FROM access_usage WHERE day < $1", {day - kUsageDaysKept}));
  return usage;
}

Result<std::vector<Usage>> KeyStore::usage_today(std::int64_t now_ms) const {
  const auto answer = HEARTH_TRY(
      database_->run("SELECT key_id, day, tokens FROM access_usage WHERE day = $1 ORDER BY key_id",
                     {day_of(now_ms)}));
  std::vector<Usage> all;
  for (const db::Row& row : answer.rows)
    all.push_back(HEARTH_TRY(usage_of(row)));
  return all;
}

Result<void> KeyStore::note_use(std::string_view id, std::int64_t now_ms) {
  const std::int64_t before_ms = now_ms - kUseNotedEveryMs;
  const auto noted = noted_ms_.find(id);
  if (noted != noted_ms_.end() && noted->second > before_ms) return {};
  // Another daemon may have written it.
  HEARTH_TRY(
      database_->run("UPDATE access_keys SET last_used_ms = $2 "
                     "WHERE id = $1 AND (last_used_ms IS NULL OR last_used_ms <= $3)",
                     {std::string(id), now_ms, before_ms}));
  if (noted_ms_.size() >= kKeysMax) noted_ms_.clear();
  noted_ms_.insert_or_assign(std::string(id), now_ms);
  return {};
}

}  // namespace hearth::access
