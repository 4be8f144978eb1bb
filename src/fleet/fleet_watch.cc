// Runners that hang are found and ended: they are asked from time to time how much they have done.
#include <chrono>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "fleet/fleet.h"
#include "process/memory.h"

namespace hearth::fleet {

namespace {

constexpr int kLooksPerPatience = 6;
// A load says how far it is, but a slow disk or a network may take its time between two words.
constexpr int kLoadPatience = 10;

std::uint64_t done_by(const RunnerCounts& counts) {
  return counts.graph_nodes + counts.steps + counts.prompt_tokens + counts.completion_tokens +
         counts.requests_started + counts.requests_finished + counts.requests_cancelled +
         counts.requests_failed;
}

}  // namespace

// As long as there is somebody to look after.
void Fleet::watch() {
  if (std::exchange(watching_, true)) return;
  watch_.expires_after(options_.hang / kLooksPerPatience);
  watch_.async_wait([this](boost::system::error_code error) {
    watching_ = false;
    if (error) return;
    std::vector<std::string> keys;
    for (const auto& [key, place] : places_) {
      if (place.runner) keys.push_back(key);
    }
    for (const std::string& key : keys)
      look_after(key);
    look_at_heat();
    look_at_memory();
    if (!keys.empty()) watch();
  });
}

void Fleet::look_at_memory() {
  const Strain strain =
      strain_gauge_.note(process::memory_stall(options_.system_root), base::system_clock().now());
  if (std::exchange(strain_, strain) != strain)
    log::warning("how short memory is has changed", {{"strain", strain_name(strain)}});
  residency_.set_strain(this->strain());
  settle();
}

void Fleet::look_after(const std::string& key) {
  Place& place = places_.at(key);
  const std::shared_ptr<Runner> runner = place.runner;
  const base::TimePoint now = base::system_clock().now();
  const bool loads = runner->state() == Runner::State::kLoading;
  if (lease_.waits(key)) return place.watchdog.rest(now);  // somebody else computes
  if (!loads && !runner->owes_an_answer()) return place.watchdog.rest(now);
  if (loads) place.watchdog.hear(runner->load_percent(), now);
  const base::Duration idle = place.watchdog.idle(now);
  if (idle >= options_.hang * (loads ? kLoadPatience : 1)) return runner->end_hung(idle);
  if (loads) return;
  runner->query_stats([this, key, runner](const Result<RunnerCounts>& counts) {
    const auto found = places_.find(key);
    if (!counts || found == places_.end() || found->second.runner != runner) return;
    // Who only had to say what it counted, and has, lives.
    const base::TimePoint heard = base::system_clock().now();
    Watchdog& watchdog = found->second.watchdog;
    runner->should_get_on() ? watchdog.hear(done_by(*counts), heard) : watchdog.rest(heard);
  });
}

}  // namespace hearth::fleet
