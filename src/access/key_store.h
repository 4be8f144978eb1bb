// The keys and what they have used, kept in the daemon's database, which several daemons may share.
//
// Who changes keys tells the others by a notification on kKeysChannel; who hears it, or missed
// some, lists again and hands all of it to its Gate.
//
// Ownership: the database outlives it, and is not within a transaction when it is called.
// Threads:   as db::Database: confined to one at a time, and every call blocks.
// Errors:    those of db::Database; kNotFound names a key that there is not.
// Limits:    kKeysMax keys, revoked ones too; kUsageDaysKept days of what they have used.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/inbound_key.h"
#include "base/result.h"
#include "db/database.h"

namespace hearth::access {

inline constexpr std::string_view kKeysChannel = "access_keys";
inline constexpr std::size_t kKeysMax = 1000;
inline constexpr std::size_t kKeyNameBytesMax = 100;
inline constexpr std::int64_t kUsageDaysKept = 400;
inline constexpr std::int64_t kUseNotedEveryMs = 60'000;

class KeyStore {
 public:
  struct NewKey {
    InboundKey key;
    std::string secret;  // shown once; it is kept nowhere
  };

  // Brings its tables up to this version.
  static Result<KeyStore> open(db::Database& database);

  // kInvalidArgument names what is wrong with the terms, kAlreadyExists the name that is taken,
  // kResourceExhausted that there are too many.
  Result<NewKey> create(const KeyTerms& terms, std::int64_t now_ms);
  // In the order of their making.
  Result<std::vector<InboundKey>> list() const;
  Result<std::optional<InboundKey>> find(const KeyHash& hash) const;
  // It lets nobody in any more; a second time changes nothing.
  Result<void> revoke(std::string_view id, std::int64_t now_ms);
  // Forgets a key and what it has used. Without any key, this machine is let in again.
  Result<void> remove(std::string_view id);

  // Adds to what a key has used today; says how much that is by now, in all daemons.
  // REQUIRES: tokens is not negative.
  Result<Usage> add_tokens(std::string_view id, std::int64_t tokens, std::int64_t now_ms);
  // Of all keys that have used some today.
  Result<std::vector<Usage>> usage_today(std::int64_t now_ms) const;
  // Writes when a key was used, at most once in kUseNotedEveryMs.
  Result<void> note_use(std::string_view id, std::int64_t now_ms);

 private:
  explicit KeyStore(db::Database& database) : database_(&database) {}
  Result<void> insert(const InboundKey& key);
  Result<std::vector<InboundKey>> select(std::string_view where,
                                         const std::vector<db::Value>& values) const;
  // A statement that changes keys, and the word of it to the others. How many it changed.
  Result<std::int64_t> change(std::string_view sql, const std::vector<db::Value>& values);

  db::Database* database_;
  std::map<std::string, std::int64_t, std::less<>> noted_ms_;  // the last use that was written
};

}  // namespace hearth::access
