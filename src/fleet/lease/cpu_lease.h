// Who computes: runners that compute at once on the same cores slow each other several times, since
// the threads of a step wait for each other, spinning. So a runner leases as many cores as it has
// threads, and together they lease no more than there are. Nobody is asked anything while nobody
// waits: who has a lease keeps it until somebody else wants the cores, then for a slice at most.
//
// It decides, and neither speaks with a runner nor looks at a clock; the fleet carries out what
// next() orders after every change.
//
// Threads:    confined to the loop.
// Invariants: leases that are not overdue have together at most rules.cores cores.
//             Who has used the least of the cores while others waited is next, and nobody passes
//             it: of n that always want all of them and compute equally long, each waits for n - 1.
//             Who comes anew, or has rested, stands with those that have used the least, and who
//             has used much stands at most kDebtMost behind. A step of priority weighs four times.
// Limits:     who does not give a lease back within rules.patience after its slice is overdue: its
//             cores are leased to others beside it, until it does. Who then ends it is the
//             watchdog.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "wire/messages.h"

namespace hearth::fleet {

using Lessee = std::string;

struct LeaseRules {
  std::uint32_t cores = 0;  // that are leased; above 0
  base::Duration slice = std::chrono::milliseconds(25);
  base::Duration patience = std::chrono::seconds(2);
};

// In this order. REQUIRES of who carries it out: it calls next() again at look_again.
struct LeaseOrders {
  std::vector<Lessee> grant;
  std::vector<Lessee> want_back;
  std::optional<base::TimePoint> look_again;
};

// What a lessee has had since it first wanted something.
struct LeaseUse {
  std::uint64_t leases = 0;
  base::Duration waited{};  // altogether, for those and for the one it waits for
  base::Duration longest_wait{};
};

class CpuLease {
 public:
  static constexpr std::int32_t kPriorityMost = 2;  // and as much below 0
  static constexpr double kDebtMost = 4;            // seconds of all cores

  // REQUIRES: rules.cores > 0.
  explicit CpuLease(const LeaseRules& rules) : rules_(rules) {}

  // A wish for more cores than there are is one for all of them. False, and nothing changes, for
  // who waits already or has a lease.
  bool want(const Lessee& lessee, const wire::LeaseWish& wish, base::TimePoint now);
  // With what it wants next, if it has more to compute. False, and nothing changes, for who has no
  // lease.
  bool give_back(const Lessee& lessee, const std::optional<wire::LeaseWish>& next,
                 base::TimePoint now);
  // It ended; nothing is known of it any more.
  void gone(const Lessee& lessee);
  LeaseOrders next(base::TimePoint now);

  bool waits(const Lessee& lessee) const;
  LeaseUse use(const Lessee& lessee, base::TimePoint now) const;
  const LeaseRules& rules() const { return rules_; }

 private:
  enum class State : std::uint8_t { kRests, kWaits, kHolds, kOverdue };
  struct Account {
    State state = State::kRests;
    wire::LeaseWish wish = {};  // that it waits for or has
    base::TimePoint since = {};
    std::uint64_t turn = 0;  // that its state began with
    std::optional<base::TimePoint> asked_back = {};
    double used = 0;  // seconds of all cores while others waited, by its priority
    LeaseUse use = {};
  };

  void enter(Account& account, State state, base::TimePoint now);
  void wait(Account& account, const wire::LeaseWish& wish, base::TimePoint now);
  void raise_least();
  void pass_over_late(base::TimePoint now);
  void grant(LeaseOrders& orders, base::TimePoint now);
  void ask_back(LeaseOrders& orders, base::TimePoint now);
  base::TimePoint patience_ends(const Account& account) const;
  double weighed(const Account& account, base::Duration time) const;
  std::uint32_t cores_in(State state) const;
  std::vector<std::pair<const Lessee, Account>*> by_standing();

  LeaseRules rules_;
  std::map<Lessee, Account> accounts_;
  double least_ = 0;  // used by those that wait or compute; never falls
  std::uint64_t turns_ = 0;
  std::optional<base::TimePoint> contended_;  // since when somebody waits
};

}  // namespace hearth::fleet
