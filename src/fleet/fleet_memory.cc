// What runners really hold, looked at whenever one has answered everything, and kept for the next
// time somebody asks whether the model fits.
#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "base/replacement.h"
#include "fleet/fleet.h"
#include "process/memory.h"

namespace hearth::fleet {

namespace asio = boost::asio;

namespace {

// A runner that answers many short requests is not asked after each.
constexpr auto kLookAgain = std::chrono::seconds(10);

}  // namespace

std::string Fleet::memory_path() const {
  return options_.cache_folder.empty() ? "" : options_.cache_folder + "/memory";
}

void Fleet::load_memory() {
  if (options_.cache_folder.empty()) return;
  const auto text = base::load_text_file(memory_path(), kSeenBytesMax);
  if (text) memory_.read(*text);
}

// An encoder's memory is that of its longest input so far, which says nothing about the next.
void Fleet::on_idle(const std::string& key) {
  const auto found = places_.find(key);
  if (found == places_.end() || !found->second.runner || winding_down_) return;
  Place& place = found->second;
  const base::TimePoint now = base::system_clock().now();
  // Work may have come since.
  if (place.runner->requests_running() == 0) residency_.rest(key, now);
  settle();
  if (!place.runner) return;
  if (!place.runner->loaded().generates) return;
  if (place.looked_at && now - *place.looked_at < kLookAgain) return;
  place.looked_at = now;
  place.runner->query_stats([this, key, runner = place.runner](Result<RunnerCounts> counts) {
    if (counts) note_memory(key, *runner, *counts);
  });
}

// How much it holds, the system says; how much of that are prefixes, the runner itself.
void Fleet::note_memory(const std::string& key, const Runner& runner, const RunnerCounts& counts) {
  const auto found = places_.find(key);
  if (found == places_.end() || found->second.runner.get() != &runner) return;
  const Place& place = found->second;
  const std::uint64_t held = process::resident_bytes(runner.pid());
  const MemorySettings settings{.pool_tokens = runner.loaded().kv_tokens,
                                .sequences = place.load().sequences_max + 1};
  residency_.note_held(key, held);
  const SeenMemory seen{settings, held - std::min(held, counts.prefix_ram_bytes)};
  if (seen.bytes == 0 || memory_.note(place.model, seen) == ObservedMemory::Change::kNone) return;
  if (options_.cache_folder.empty()) return;
  asio::post(worker_, [path = memory_path(), text = memory_.text()] {
    const auto written = base::replace_file(path, text, 0600);
    if (written) return;
    log::warning("what models hold is not kept", {{"error", written.error().to_string()}});
  });
}

}  // namespace hearth::fleet
