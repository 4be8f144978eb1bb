// Responses that a client may come back to: what was told, and what was asked, in the daemon's
// database, which several daemons may share. It knows no shape of OpenAI's: both are JSON that
// somebody else has written and reads again.
//
// Ownership: the database outlives it, and is not within a transaction when it is called.
// Threads:   as db::Database: confined to one at a time, and every call blocks.
// Invariants: a response is there for its owner alone. What was used longest ago goes first, and a
//            conversation counts as used when it is gone on with.
// Errors:    those of db::Database; kNotFound, its context the id, for what is not there or is
//            somebody else's; kResourceExhausted for one that is too large.
// Limits:    Bounds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "db/database.h"

namespace hearth::responses {

inline constexpr std::int64_t kMebibyte = 1024LL * 1024;

struct KeptResponse {
  std::string id;
  std::string owner;     // the id of the key that made it; empty without a key
  std::string previous;  // the id of the one before it in the conversation; may be empty
  std::string body;      // what was told
  std::string input;     // what was asked, without what stands in those before
  bool operator==(const KeptResponse&) const = default;
};

struct Bounds {
  std::int64_t responses = 10'000;
  std::int64_t bytes = 256 * kMebibyte;
  std::int64_t each_bytes = 16 * kMebibyte;
  std::int64_t unused_days = 30;
  std::size_t past = 1000;  // of one conversation
  std::int64_t past_bytes = 64 * kMebibyte;
};

class ResponseStore {
 public:
  // Brings its tables up to this version.
  static Result<ResponseStore> open(db::Database& database, Bounds bounds = {});

  // Whatever is over a bound with it goes.
  Result<void> put(const KeptResponse& response, std::int64_t now_ms);
  Result<KeptResponse> find(std::string_view id, std::string_view owner);
  // The conversation up to this one, which is the last.
  Result<std::vector<KeptResponse>> find_past(std::string_view id, std::string_view owner,
                                              std::int64_t now_ms);
  Result<void> remove(std::string_view id, std::string_view owner);

 private:
  ResponseStore(db::Database& database, Bounds bounds) : database_(&database), bounds_(bounds) {}
  Result<void> make_room(std::int64_t now_ms);
  Result<void> remove_oldest(std::int64_t responses, std::int64_t bytes);

  db::Database* database_;
  Bounds bounds_;
};

}  // namespace hearth::responses
