#include "fleet/residency/residency.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/units.h"

namespace hearth::fleet {

namespace {

double seconds(base::Duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

Residency::Member* Residency::find(const ModelKey& key) {
  const auto found = members_.find(key);
  return found == members_.end() ? nullptr : &found->second;
}

// ---- what is wished ----

void Residency::want(const ModelKey& key, Claim claim, base::TimePoint now) {
  if (find(key) != nullptr) return;
  members_.emplace(key, Member{.claim = std::move(claim), .wanted = now, .keep = rules_.keep});
  waiting_.push_back(key);
}

void Residency::withdraw(const ModelKey& key) {
  const Member* member = find(key);
  if (member == nullptr || member->state != State::kWaiting) return;
  std::erase(waiting_, key);
  members_.erase(key);
}

void Residency::keep(const ModelKey& key, base::Duration time) {
  if (Member* member = find(key))
    member->keep = time < base::Duration::zero() ? kKeepForever : time;
}

std::optional<base::Duration> Residency::time_left(const ModelKey& key, base::TimePoint now) const {
  const auto found = members_.find(key);
  if (found == members_.end() || is_pinned(key)) return std::nullopt;
  const Member& member = found->second;
  if (member.keep == kKeepForever) return std::nullopt;
  const bool rests = member.state == State::kLoaded && !member.busy;
  const base::Duration rested = rests ? now - member.rests : base::Duration::zero();
  return std::max(member.keep - rested, base::Duration::zero());
}

// ---- what happens ----

void Residency::work(const ModelKey& key) {
  if (Member* member = find(key)) member->busy = true;
}

void Residency::rest(const ModelKey& key, base::TimePoint now) {
  Member* member = find(key);
  if (member == nullptr) return;
  member->busy = false;
  member->rests = now;
}

void Residency::ready(const ModelKey& key, base::TimePoint now) {
  Member* member = find(key);
  if (member == nullptr || member->state != State::kLoading) return;
  member->state = State::kLoaded;
  member->loaded = now;
  member->rests = now;
}

void Residency::leaving(const ModelKey& key) {
  Member* member = find(key);
  if (member == nullptr || member->state == State::kWaiting) return;
  member->state = State::kLeaving;
}

void Residency::gone(const ModelKey& key) {
  const Member* member = find(key);
  if (member != nullptr && member->state != State::kWaiting) members_.erase(key);
}

void Residency::note_held(const ModelKey& key, std::uint64_t bytes) {
  if (Member* member = find(key)) member->held_bytes = bytes;
}

// ---- what is to be done ----

Orders Residency::next(base::TimePoint now) {
  Orders orders;
  refuse_impossible(orders);
  end_expired(now, orders);
  shrink(now, orders);
  let_in(now, orders);
  orders.look_again = next_look(now);
  return orders;
}

bool Residency::may_leave(const ModelKey& key, const Member& member) const {
  return member.state == State::kLoaded && !pinned_.contains(key);
}

Residency::Room Residency::taken(
    const std::function<bool(const ModelKey&, const Member&)>& counts) const {
  Room room;
  for (const auto& [key, member] : members_) {
    if (member.state == State::kWaiting || !counts(key, member)) continue;
    room.bytes += member.bytes();
    ++room.models;
  }
  return room;
}

bool Residency::has_room(const Room& taken, const Member& next) const {
  if (taken.models >= rules_.models_max) return false;
  if (rules_.budget_bytes == 0) return true;
  return taken.bytes <= rules_.budget_bytes && next.bytes() <= rules_.budget_bytes - taken.bytes;
}

// Pinned models never leave, so what they hold is no room for anybody.
std::optional<Error> Residency::why_never(const ModelKey& key, const Member& member) const {
  const Room pinned = taken([&](const ModelKey& other, const Member&) {
    return other != key && pinned_.contains(other);
  });
  if (has_room(pinned, member)) return std::nullopt;
  const auto words = [](std::uint64_t bytes) { return base::format_bytes(bytes); };
  if (pinned.models >= rules_.models_max) {
    return make_error(Code::kOutOfMemory,
                      fmt::format("'{}' cannot be loaded: at most {} models may be at a time "
                                  "(fleet.models), and {} are pinned; `hearth unpin` one",
                                  member.claim.name, rules_.models_max, pinned.models));
  }
  const std::string of_pinned =
      pinned.bytes == 0 ? "" : fmt::format(", of which pinned models hold {}", words(pinned.bytes));
  return make_error(
      Code::kOutOfMemory,
      fmt::format("'{}' needs {}, and all models together may hold {}{}; take a smaller model or a "
                  "smaller --context (`hearth fit` ranks them), or allow more by fleet.memory",
                  member.claim.name, words(member.bytes()), words(rules_.budget_bytes), of_pinned));
}

void Residency::refuse_impossible(Orders& orders) {
  for (const ModelKey& key : std::vector(waiting_)) {
    auto why = why_never(key, members_.at(key));
    if (!why) continue;
    orders.refuse.push_back({key, std::move(*why)});
    withdraw(key);
  }
}

void Residency::end_expired(base::TimePoint now, Orders& orders) {
  for (const auto& [key, member] : members_) {
    if (member.busy || !may_leave(key, member) || member.keep == kKeepForever) continue;
    if (now - member.rests >= member.keep) leave(key, orders);
  }
  if (strain_ != Strain::kMuch) return;
  for (const auto& [key, member] : members_) {
    if (!member.busy && may_leave(key, member)) leave(key, orders);
  }
}

// The budget may have become smaller than what is in.
void Residency::shrink(base::TimePoint now, Orders& orders) {
  if (rules_.budget_bytes == 0) return;
  const auto stays = [](const ModelKey&, const Member& one) {
    return one.state != State::kLeaving;
  };
  for (const ModelKey& key : by_use(now)) {
    if (taken(stays).bytes <= rules_.budget_bytes) return;
    if (!members_.at(key).busy) leave(key, orders);
  }
}

void Residency::let_in(base::TimePoint now, Orders& orders) {
  for (auto& [key, member] : members_)
    member.closing = false;
  const auto all = [](const ModelKey&, const Member&) { return true; };
  for (std::size_t place = 0; place < waiting_.size();) {
    if (strain_ != Strain::kNone && taken(all).models > 0) return;
    const ModelKey key = waiting_[place];
    Member& next = members_.at(key);
    const bool is_its_turn = place == 0 || fits_beside_earlier(place);
    if (is_its_turn && has_room(taken(all), next)) {
      next.state = State::kLoading;
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(place));
      orders.load.push_back(key);
      continue;
    }
    if (place == 0) make_room(next, now, orders);
    ++place;
  }
}

// Whether all who wait before it, and it, could be in at the same time.
bool Residency::fits_beside_earlier(std::size_t place) const {
  Room room = taken([this](const ModelKey& key, const Member&) { return pinned_.contains(key); });
  for (std::size_t i = 0; i < place; ++i) {
    room.bytes += members_.at(waiting_[i]).bytes();
    ++room.models;
  }
  return has_room(room, members_.at(waiting_[place]));
}

// Those that may leave, the least useful first: who rests, by how long against what it costs to
// load it again, then who answers, by when it was loaded.
std::vector<ModelKey> Residency::by_use(base::TimePoint now) const {
  struct Rank {
    bool busy;
    double use;
    ModelKey key;
    auto operator<=>(const Rank&) const = default;
  };
  std::vector<Rank> ranks;
  for (const auto& [key, member] : members_) {
    if (!may_leave(key, member)) continue;
    const double reload = std::max(seconds(member.claim.reload), 0.01);
    const double use = member.busy ? seconds(member.loaded.time_since_epoch())
                                   : -seconds(now - member.rests) / reload;
    ranks.push_back({member.busy, use, key});
  }
  std::sort(ranks.begin(), ranks.end());
  std::vector<ModelKey> keys;
  for (Rank& rank : ranks)
    keys.push_back(std::move(rank.key));
  return keys;
}

// Says who has to leave for `next`, if that is enough; those who are busy are only closed, and not
// before it has waited for its turn.
void Residency::make_room(const Member& next, base::TimePoint now, Orders& orders) {
  Room stays =
      taken([](const ModelKey&, const Member& one) { return one.state != State::kLeaving; });
  const bool closes = now - next.wanted >= rules_.turn;
  std::vector<ModelKey> chosen;
  for (const ModelKey& key : by_use(now)) {
    if (has_room(stays, next)) break;
    const Member& member = members_.at(key);
    if (member.busy && !closes) break;
    stays.bytes -= member.bytes();
    --stays.models;
    chosen.push_back(key);
  }
  if (!has_room(stays, next)) return;
  // A later one may have made an earlier one superfluous.
  for (const ModelKey& key : chosen) {
    Member& member = members_.at(key);
    const Room with{stays.bytes + member.bytes(), stays.models + 1};
    if (has_room(with, next)) {
      stays = with;
    } else if (member.busy) {
      member.closing = true;
    } else {
      leave(key, orders);
    }
  }
}

void Residency::leave(const ModelKey& key, Orders& orders) {
  members_.at(key).state = State::kLeaving;
  orders.leave.push_back(key);
}

std::optional<base::TimePoint> Residency::next_look(base::TimePoint now) const {
  std::optional<base::TimePoint> first;
  const auto at = [&](base::TimePoint time) {
    if (time > now && (!first || time < *first)) first = time;
  };
  for (const auto& [key, member] : members_) {
    const bool expires = !member.busy && may_leave(key, member) && member.keep != kKeepForever;
    if (expires) at(member.rests + member.keep);
  }
  if (!waiting_.empty()) at(members_.at(waiting_.front()).wanted + rules_.turn);
  return first;
}

bool Residency::has_spare_room(const Claim& claim) const {
  if (!waiting_.empty() || strain_ != Strain::kNone) return false;
  const Room all = taken([](const ModelKey&, const Member&) { return true; });
  return has_room(all, Member{.claim = claim});
}

bool Residency::takes_requests(const ModelKey& key) const {
  const auto found = members_.find(key);
  if (found == members_.end() || found->second.closing) return false;
  const State state = found->second.state;
  return state == State::kLoading || state == State::kLoaded;
}

std::uint64_t Residency::reserved_bytes() const {
  return taken([](const ModelKey&, const Member&) { return true; }).bytes;
}

std::uint64_t Residency::reserved_bytes(const ModelKey& key) const {
  const auto found = members_.find(key);
  const bool is_in = found != members_.end() && found->second.state != State::kWaiting;
  return is_in ? found->second.bytes() : 0;
}

}  // namespace hearth::fleet
