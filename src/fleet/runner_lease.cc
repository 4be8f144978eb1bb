// What is said between daemon and runner of the lease of its cores.
#include <chrono>
#include <string>

#include "fleet/runner.h"

namespace hearth::fleet {

// A runner that wants and returns leases without reading its grants would fill the outbox, of which
// requests take half at most.
void Runner::handle_lease(const LeaseWord& word) {
  const bool reads = outbox_.size() - outbox_sent_ < 2 * kOutboxBytesMax;
  if (options_.load.leased && reads && observer_.on_lease(word)) return;
  break_off(make_error(Code::kCorrupt, "a word about a lease at a time when there is none"));
}

void Runner::grant_lease(base::Duration slice) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(slice).count();
  send(0, wire::LeaseGranted{static_cast<std::uint32_t>(ms)});
}

void Runner::want_lease_back() {
  send(0, wire::LeaseWantedBack{});
}

}  // namespace hearth::fleet
