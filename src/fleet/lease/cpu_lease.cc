#include "fleet/lease/cpu_lease.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <tuple>

namespace hearth::fleet {

namespace {

constexpr double kPriorityWeight = 4;

}  // namespace

bool CpuLease::want(const Lessee& lessee, const wire::LeaseWish& wish, base::TimePoint now) {
  raise_least();
  Account& account = accounts_[lessee];
  if (account.state != State::kRests) return false;
  account.used = std::max(account.used, least_);
  wait(account, wish, now);
  return true;
}

bool CpuLease::give_back(const Lessee& lessee, const std::optional<wire::LeaseWish>& next,
                         base::TimePoint now) {
  const auto found = accounts_.find(lessee);
  if (found == accounts_.end()) return false;
  Account& account = found->second;
  if (account.state != State::kHolds && account.state != State::kOverdue) return false;
  // Time in which it was in nobody's way costs nothing.
  const auto begin = account.asked_back ? account.asked_back : contended_;
  if (begin) account.used += weighed(account, now - std::max(account.since, *begin));
  enter(account, State::kRests, now);
  if (next) wait(account, *next, now);
  return true;
}

void CpuLease::gone(const Lessee& lessee) {
  accounts_.erase(lessee);
}

LeaseOrders CpuLease::next(base::TimePoint now) {
  LeaseOrders orders;
  pass_over_late(now);
  raise_least();
  grant(orders, now);
  ask_back(orders, now);
  for (const auto& [lessee, account] : accounts_) {
    if (account.state != State::kHolds || !account.asked_back) continue;
    const base::TimePoint ends = patience_ends(account);
    orders.look_again = std::min(orders.look_again.value_or(ends), ends);
  }
  return orders;
}

bool CpuLease::waits(const Lessee& lessee) const {
  const auto found = accounts_.find(lessee);
  return found != accounts_.end() && found->second.state == State::kWaits;
}

LeaseUse CpuLease::use(const Lessee& lessee, base::TimePoint now) const {
  const auto found = accounts_.find(lessee);
  if (found == accounts_.end()) return {};
  LeaseUse use = found->second.use;
  if (!waits(lessee)) return use;
  const base::Duration waiting = now - found->second.since;
  use.waited += waiting;
  use.longest_wait = std::max(use.longest_wait, waiting);
  return use;
}

void CpuLease::enter(Account& account, State state, base::TimePoint now) {
  account.state = state;
  account.since = now;
  account.turn = ++turns_;
  account.asked_back.reset();
}

void CpuLease::wait(Account& account, const wire::LeaseWish& wish, base::TimePoint now) {
  account.wish = {.cores = std::clamp(wish.cores, 1U, rules_.cores),
                  .priority = std::clamp(wish.priority, -kPriorityMost, kPriorityMost)};
  account.used = std::min(account.used, least_ + kDebtMost);
  enter(account, State::kWaits, now);
}

void CpuLease::raise_least() {
  std::optional<double> least;
  for (const auto& [lessee, account] : accounts_) {
    if (account.state != State::kWaits && account.state != State::kHolds) continue;
    least = std::min(least.value_or(account.used), account.used);
  }
  least_ = std::max(least_, least.value_or(0));
}

void CpuLease::pass_over_late(base::TimePoint now) {
  for (auto& [lessee, account] : accounts_) {
    if (account.state != State::kHolds || !account.asked_back) continue;
    if (now >= patience_ends(account)) account.state = State::kOverdue;
  }
}

// No smaller wish goes before the one whose turn it is, or a large one might wait for ever.
void CpuLease::grant(LeaseOrders& orders, base::TimePoint now) {
  std::uint32_t free = rules_.cores - cores_in(State::kHolds);
  for (auto* entry : by_standing()) {
    auto& [lessee, account] = *entry;
    if (account.wish.cores > free) break;
    free -= account.wish.cores;
    const base::Duration waited = now - account.since;
    account.use.waited += waited;
    account.use.longest_wait = std::max(account.use.longest_wait, waited);
    ++account.use.leases;
    enter(account, State::kHolds, now);
    orders.grant.push_back(lessee);
  }
}

// Of as many as make room for who waits, of the longest leases.
void CpuLease::ask_back(LeaseOrders& orders, base::TimePoint now) {
  std::uint32_t wanted = std::min(cores_in(State::kWaits), rules_.cores);
  if (wanted == 0) return contended_.reset();
  if (!contended_) contended_ = now;
  std::vector<std::pair<const Lessee, Account>*> holders;
  std::uint32_t coming = rules_.cores - cores_in(State::kHolds);
  for (auto& entry : accounts_) {
    if (entry.second.state != State::kHolds) continue;
    if (entry.second.asked_back) {
      coming += entry.second.wish.cores;
    } else {
      holders.push_back(&entry);
    }
  }
  std::sort(holders.begin(), holders.end(),
            [](const auto* a, const auto* b) { return a->second.turn < b->second.turn; });
  for (auto* holder : holders) {
    if (coming >= wanted) return;
    coming += holder->second.wish.cores;
    holder->second.asked_back = now;
    orders.want_back.push_back(holder->first);
  }
}

base::TimePoint CpuLease::patience_ends(const Account& account) const {
  return std::max(*account.asked_back, account.since + rules_.slice) + rules_.patience;
}

double CpuLease::weighed(const Account& account, base::Duration time) const {
  const double share = static_cast<double>(account.wish.cores) / rules_.cores;
  return base::to_ms(time) / 1000 * share * std::pow(kPriorityWeight, -account.wish.priority);
}

// Of many that wait, more than a number of cores would be no count of them.
std::uint32_t CpuLease::cores_in(State state) const {
  std::uint32_t cores = 0;
  for (const auto& [lessee, account] : accounts_) {
    if (account.state == state) cores = std::min(cores + account.wish.cores, rules_.cores);
  }
  return cores;
}

std::vector<std::pair<const Lessee, CpuLease::Account>*> CpuLease::by_standing() {
  std::vector<std::pair<const Lessee, Account>*> waiting;
  for (auto& entry : accounts_) {
    if (entry.second.state == State::kWaits) waiting.push_back(&entry);
  }
  std::sort(waiting.begin(), waiting.end(), [](const auto* a, const auto* b) {
    const auto standing = [](const Account& account) {
      return std::tuple(account.used, -account.wish.priority, account.turn);
    };
    return standing(a->second) < standing(b->second);
  });
  return waiting;
}

}  // namespace hearth::fleet
