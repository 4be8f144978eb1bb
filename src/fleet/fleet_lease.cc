// The lease of cores: CpuLease decides which runners compute, and its orders are carried out here.
#include <algorithm>
#include <thread>
#include <variant>

#include "base/clock.h"
#include "fleet/fleet.h"

namespace hearth::fleet {

namespace {

base::TimePoint now() {
  return base::system_clock().now();
}

}  // namespace

LeaseRules Fleet::lease_rules(const Options& options) {
  LeaseRules rules = options.lease;
  if (rules.cores > 0) return rules;
  // This process may be kept to fewer than there are.
  const std::uint32_t usable = std::max(std::thread::hardware_concurrency(), 1U);
  rules.cores = options.cores == 0 ? usable : std::min(options.cores, usable);
  return rules;
}

bool Fleet::on_lease(const std::string& key, const Runner::LeaseWord& word) {
  bool allowed = false;
  if (const auto* wanted = std::get_if<wire::LeaseWanted>(&word)) {
    allowed = lease_.want(key, wanted->wish, now());
  } else if (const auto* returned = std::get_if<wire::LeaseReturned>(&word)) {
    allowed = lease_.give_back(key, returned->next, now());
  }
  if (allowed) settle_lease();
  return allowed;
}

void Fleet::settle_lease() {
  const LeaseOrders orders = lease_.next(now());
  for (const Lessee& key : orders.grant)
    places_.at(key).runner->grant_lease(lease_.rules().slice);
  for (const Lessee& key : orders.want_back)
    places_.at(key).runner->want_lease_back();
  lease_timer_.cancel();
  if (!orders.look_again) return;
  lease_timer_.expires_at(*orders.look_again);
  lease_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) settle_lease();
  });
}

// Its runner ended, and its cores are free.
void Fleet::end_lease(const std::string& key) {
  lease_.gone(key);
  settle_lease();
}

}  // namespace hearth::fleet
