// A key that lets a client in: what it may do, how often, how much and until when. The secret
// itself is nowhere.
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/key_secret.h"

namespace hearth::access {

// Each includes the ones before it. The numbers are kept in databases.
enum class Scope : std::uint8_t {
  kInference = 1,  // ask models
  kManage = 2,     // pull, load, unload and remove models
  kAdmin = 3,      // make keys, change settings
};

// "inference", "manage", "admin".
std::string_view scope_name(Scope scope);
std::optional<Scope> scope_named(std::string_view name);
inline bool includes(Scope has, Scope wanted) {
  return has >= wanted;
}

// What who makes a key chooses.
struct KeyTerms {
  std::string name;  // for people; no two keys have the same
  Scope scope = Scope::kInference;
  std::optional<std::int64_t> requests_per_minute;  // in each daemon
  std::optional<std::int64_t> tokens_per_day;       // in all daemons together, by UTC
  std::optional<std::int64_t> expires_ms;           // wall time, as everything here

  bool operator==(const KeyTerms&) const = default;
};

struct InboundKey {
  std::string id;  // "key-…": in logs, commands and counters
  KeyTerms terms;
  KeyHash hash;
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> revoked_ms;
  std::optional<std::int64_t> last_used_ms;  // to the minute

  bool operator==(const InboundKey&) const = default;
};

// Days are counted from 1970-01-01, UTC.
inline constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;
inline std::int64_t day_of(std::int64_t wall_ms) {
  return wall_ms / kDayMs;
}

// What a key has used of its quota on a day.
struct Usage {
  std::string key_id;
  std::int64_t day = 0;
  std::int64_t tokens = 0;

  bool operator==(const Usage&) const = default;
};

}  // namespace hearth::access
