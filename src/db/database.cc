#include "db/database.h"

#include <algorithm>

#include "db/postgres/postgres_database.h"
#include "db/sqlite/sqlite_database.h"

namespace hearth::db {

namespace {

constexpr std::size_t kChannelBytesMax = 63;  // of a name in PostgreSQL

bool is_channel(std::string_view name) {
  return !name.empty() && name.size() <= kChannelBytesMax &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); });
}

}  // namespace

std::string in_words(std::string_view sql, const Words& words) {
  std::string text(sql);
  for (const auto& [place, word] :
       {std::pair<std::string_view, std::string_view>("{integer}", words.integer),
        {"{real}", words.real},
        {"{bytes}", words.bytes},
        {"{strict}", words.strict}}) {
    for (std::size_t at = 0; (at = text.find(place, at)) != std::string::npos; at += word.size())
      text.replace(at, place.size(), word);
  }
  return text;
}

Result<void> Database::check_usable() const {
  if (state_ != State::kFailed) return {};
  return fail(Code::kInternal, "a statement of this transaction failed, so that it takes no other",
              name_);
}

template <typename T>
Result<T> Database::noted(Result<T> result) {
  if (!result && state_ == State::kOpen) state_ = State::kFailed;
  return result;
}

Result<Answer> Database::run(std::string_view sql, const std::vector<Value>& values) {
  HEARTH_TRY(check_usable());
  if (auto checked = check_values(values); !checked)
    return noted<Answer>(fail(std::move(checked).error()));
  return noted(run_one(sql, values));
}

Result<void> Database::run_script(std::string_view sql) {
  HEARTH_ASSERT(in_transaction());
  HEARTH_TRY(check_usable());
  return noted(run_all(sql));
}

Result<void> Database::notify(std::string_view channel, std::string_view payload) {
  HEARTH_ASSERT(is_channel(channel));
  HEARTH_TRY(check_usable());
  if (payload.size() > kPayloadBytesMax) {
    return noted<void>(fail(Code::kInvalidArgument,
                            "a notification of " + std::to_string(payload.size()) + " bytes; " +
                                std::to_string(kPayloadBytesMax) + " are the most"));
  }
  return noted(send(channel, payload));
}

Result<void> Database::listen(std::string_view channel) {
  HEARTH_ASSERT(is_channel(channel) && state_ == State::kFree);
  return begin_listening(channel);
}

Result<Heard> Database::heard() {
  HEARTH_ASSERT(state_ == State::kFree);
  return take_heard();
}

Result<Transaction> Transaction::begin(Database& database) {
  HEARTH_ASSERT(database.state_ == Database::State::kFree);
  HEARTH_TRY(database.begin());
  database.state_ = Database::State::kOpen;
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  database_->roll_back();
  database_->state_ = Database::State::kFree;
}

Result<void> Transaction::commit() {
  HEARTH_ASSERT(database_ != nullptr);
  HEARTH_TRY(database_->check_usable());  // otherwise the end rolls it back
  Database& database = *std::exchange(database_, nullptr);
  auto kept = database.commit();
  if (!kept) database.roll_back();
  database.state_ = Database::State::kFree;
  return kept;
}

Result<std::unique_ptr<Database>> open_database(const std::string& place, Options options) {
  if (place.starts_with("postgresql://") || place.starts_with("postgres://"))
    return PostgresDatabase::open(place, options);
  if (place.starts_with('/')) return SqliteDatabase::open(place, options);
  // It is not repeated here: it may be a URL with a password.
  return fail(Code::kInvalidArgument,
              "the place of a database is the absolute path of a file, or a URL that begins with "
              "postgresql://");
}

}  // namespace hearth::db
