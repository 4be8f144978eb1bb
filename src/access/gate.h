// Who may do what, decided: it knows the keys there are and says to each request whether it comes
// in. It reads no database and asks no clock; who owns it tells it what has changed.
//
//   Without any key everybody on this machine may do everything, and nobody else anything. With the
//   first key nobody may do anything without one. Keys that are revoked or have expired still count
//   there, so that no date opens the gate.
//
// Threads:    confined to the loop.
// Invariants: how long it takes does not depend on how near a wrong secret comes. Peers, however
//             many, take no memory.
// Limits:     kFailuresPerMinute wrong secrets of a peer. More are not even told that they are
//             wrong; a right one comes in all the same, as one stranger behind a proxy must not
//             lock out everybody else there.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/inbound_key.h"
#include "access/rate.h"
#include "base/clock.h"

namespace hearth::access {

inline constexpr std::int64_t kFailuresPerMinute = 10;

enum class From : std::uint8_t { kThisMachine, kElsewhere };

struct Attempt {
  std::optional<std::string_view> secret;  // as the client sent it
  Scope wanted = Scope::kInference;
  From from = From::kElsewhere;
  std::string_view peer;  // its address (of IPv6, its network), for the limit of failures
  base::TimePoint now;
  std::int64_t wall_ms = 0;
};

struct Verdict {
  enum class Kind : std::uint8_t {
    kAllowed,
    kUnauthenticated,   // no key, or none that is good
    kPermissionDenied,  // the key's scope does not reach
    kTooMany,           // requests, or wrong secrets; retry_after says when
    kQuotaUsedUp,       // of the day; retry_after is its end
  };

  Kind kind = Kind::kUnauthenticated;
  // As whom: the id of the key, also where that was refused something. Empty without one.
  std::string key_id;
  Scope scope = Scope::kInference;  // what was granted, where it was allowed
  base::Duration retry_after{};
  std::string message;  // what is wrong and what to do; empty where it was allowed

  bool allowed() const { return kind == Kind::kAllowed; }
};

class Gate {
 public:
  // `salt` makes unforeseeable which peers share a count; of the kernel, but in tests.
  explicit Gate(std::uint32_t salt) : salt_(salt) {}

  // All keys there are. What those that stay have used goes on.
  void set_keys(std::vector<InboundKey> keys);
  // What a key has used of its quota in all daemons; of the past is forgotten.
  void set_usage(const Usage& usage);
  // Counts at once what is going to be written, so that a quota holds while that takes its time.
  void add_tokens(std::string_view key_id, std::int64_t tokens, std::int64_t wall_ms);
  // A request that is allowed counts for the rate of its key.
  Verdict admit(const Attempt& attempt);
  // Whose secret it is; empty where it is nobody's.
  std::string holder(std::string_view secret) const;
  // Whether who was let in with this key, or without any, would be still: for what goes on long
  // after it began. It counts for nothing.
  bool stands(std::string_view key_id, Scope wanted, std::int64_t wall_ms) const;

  bool has_keys() const { return !entries_.empty(); }

 private:
  struct Entry {
    InboundKey key;
    Rate rate;
    Usage usage;
  };

  std::size_t find(std::string_view secret) const;
  Verdict judge_key(Entry& entry, const Attempt& attempt) const;
  Verdict judge_stranger(const Attempt& attempt);

  static constexpr std::size_t kCounts = 1024;  // a power of two

  const std::uint32_t salt_;
  std::vector<Entry> entries_;
  std::array<Rate, kCounts> failures_;  // peers share them
};

}  // namespace hearth::access
