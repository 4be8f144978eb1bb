#include "access/gate.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/fnv.h"

namespace hearth::access {

namespace {

Verdict refusal(Verdict::Kind kind, std::string message, base::Duration retry_after = {}) {
  Verdict verdict;
  verdict.kind = kind;
  verdict.message = std::move(message);
  verdict.retry_after = retry_after;
  return verdict;
}

Verdict allowed(Scope scope) {
  Verdict verdict;
  verdict.kind = Verdict::Kind::kAllowed;
  verdict.scope = scope;
  return verdict;
}

// What keeps a key out whatever it has used; nothing where it is good.
std::optional<Verdict> problem_of(const InboundKey& key, Scope wanted, std::int64_t wall_ms) {
  if (key.revoked_ms) return refusal(Verdict::Kind::kUnauthenticated, "this API key was revoked");
  if (key.terms.expires_ms && wall_ms >= *key.terms.expires_ms)
    return refusal(Verdict::Kind::kUnauthenticated, "this API key has expired");
  if (includes(key.terms.scope, wanted)) return std::nullopt;
  return refusal(Verdict::Kind::kPermissionDenied,
                 fmt::format("this API key has the scope '{}', and this takes '{}'",
                             scope_name(key.terms.scope), scope_name(wanted)));
}

base::Duration until_the_next_day(std::int64_t wall_ms) {
  return std::chrono::milliseconds((day_of(wall_ms) + 1) * kDayMs - wall_ms);
}

}  // namespace

void Gate::set_keys(std::vector<InboundKey> keys) {
  std::vector<Entry> entries;
  for (InboundKey& key : keys) {
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& entry) { return entry.key.id == key.id; });
    Entry& entry = entries.emplace_back();
    if (known != entries_.end()) entry = std::move(*known);
    entry.key = std::move(key);
  }
  entries_ = std::move(entries);
}

void Gate::set_usage(const Usage& usage) {
  for (Entry& entry : entries_) {
    if (entry.key.id != usage.key_id || usage.day < entry.usage.day) continue;
    // Answers of a database can overtake each other; of a day it only ever becomes more.
    const bool same_day = usage.day == entry.usage.day;
    entry.usage.tokens = same_day ? std::max(entry.usage.tokens, usage.tokens) : usage.tokens;
    entry.usage.day = usage.day;
  }
}

void Gate::add_tokens(std::string_view key_id, std::int64_t tokens, std::int64_t wall_ms) {
  for (Entry& entry : entries_) {
    const std::int64_t day = day_of(wall_ms);
    if (entry.key.id != key_id || day < entry.usage.day) continue;
    entry.usage.tokens = (day == entry.usage.day ? entry.usage.tokens : 0) + tokens;
    entry.usage.day = day;
  }
}

Verdict Gate::admit(const Attempt& attempt) {
  if (entries_.empty()) {
    if (attempt.from == From::kThisMachine) return allowed(Scope::kAdmin);
    return refusal(Verdict::Kind::kUnauthenticated,
                   "this server has no API keys yet, so it answers this machine only; "
                   "'hearth keys inbound create' makes one");
  }
  if (!attempt.secret) {
    return refusal(Verdict::Kind::kUnauthenticated,
                   "an API key is needed: send it as 'Authorization: Bearer hearth-…'");
  }
  const std::size_t index = find(*attempt.secret);
  if (index == entries_.size()) return judge_stranger(attempt);
  Entry& entry = entries_[index];
  Verdict verdict = judge_key(entry, attempt);
  verdict.key_id = entry.key.id;
  return verdict;
}

bool Gate::stands(std::string_view key_id, Scope wanted, std::int64_t wall_ms) const {
  if (key_id.empty()) return entries_.empty();
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.key.id == key_id; });
  return found != entries_.end() && !problem_of(found->key, wanted, wall_ms);
}

std::string Gate::holder(std::string_view secret) const {
  const std::size_t index = find(secret);
  return index < entries_.size() ? entries_[index].key.id : std::string();
}

// All are compared, also behind the one that is found; how many there are where none is.
std::size_t Gate::find(std::string_view secret) const {
  const KeyHash hash = KeyHash::of(secret);
  std::size_t found = entries_.size();
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].key.hash == hash) found = i;
  }
  return found;
}

Verdict Gate::judge_stranger(const Attempt& attempt) {
  const std::uint64_t hash = base::fnv1a(fmt::format("{} {}", salt_, attempt.peer));
  Rate& failures = failures_[(hash ^ hash >> 32) % kCounts];
  const base::Duration wait = failures.wait(attempt.now, kFailuresPerMinute);
  if (wait > base::Duration(0))
    return refusal(Verdict::Kind::kTooMany, "too many attempts with a wrong API key", wait);
  failures.take(attempt.now, kFailuresPerMinute);
  return refusal(
      Verdict::Kind::kUnauthenticated,
      is_well_formed(*attempt.secret)
          ? "this server does not know this API key"
          : "this is no API key of Hearth, or it is mistyped; one begins with 'hearth-'");
}

Verdict Gate::judge_key(Entry& entry, const Attempt& attempt) const {
  const KeyTerms& terms = entry.key.terms;
  if (auto problem = problem_of(entry.key, attempt.wanted, attempt.wall_ms))
    return *std::move(problem);
  // Who has used up the tokens may still look after models.
  const std::int64_t day = day_of(attempt.wall_ms);
  const std::int64_t used = entry.usage.day == day ? entry.usage.tokens : 0;
  if (attempt.wanted == Scope::kInference && terms.tokens_per_day &&
      used >= *terms.tokens_per_day) {
    return refusal(
        Verdict::Kind::kQuotaUsedUp,
        fmt::format("this API key has used its {} tokens of today (UTC)", *terms.tokens_per_day),
        until_the_next_day(attempt.wall_ms));
  }
  if (terms.requests_per_minute) {
    const base::Duration wait = entry.rate.wait(attempt.now, *terms.requests_per_minute);
    if (wait > base::Duration(0)) {
      return refusal(
          Verdict::Kind::kTooMany,
          fmt::format("this API key may ask {} times a minute", *terms.requests_per_minute), wait);
    }
    entry.rate.take(attempt.now, *terms.requests_per_minute);
  }
  return allowed(terms.scope);
}

}  // namespace hearth::access
