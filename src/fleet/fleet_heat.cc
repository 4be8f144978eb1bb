// A hot machine: runners compute with fewer threads, and when it is very hot nobody is let in
// beside others. pressure/heat.h decides.
#include <algorithm>

#include <boost/asio/post.hpp>

#include "base/log.h"
#include "fleet/fleet.h"
#include "process/heat.h"

namespace hearth::fleet {

namespace asio = boost::asio;

// Sensors may take their time.
void Fleet::look_at_heat() {
  asio::post(worker_, [this, root = options_.system_root] {
    asio::post(loop_, [this, reading = process::read_heat(root)] { on_heat(reading); });
  });
}

void Fleet::on_heat(const process::HeatReading& reading) {
  const Heat before = heat_.heat();
  const Heat heat = heat_.note(reading, base::system_clock().now());
  registry_.gauge({"hearth_heat", "How hot the machine is: 0, 1 hot, 2 critical"})
      .set(static_cast<double>(heat));
  if (heat != before) {
    log::warning("how hot the machine is has changed", {{"heat", heat_name(heat)}});
  }
  for (auto& [key, place] : places_)
    cool(place);
  residency_.set_strain(strain());
  settle();
}

// Says to a runner how many threads it may compute with, where that is news.
void Fleet::cool(Place& place) {
  const bool ready = place.runner && place.runner->state() == Runner::State::kReady;
  const std::uint32_t threads = heat_.threads(place.threads);
  if (!ready || threads == place.threads_now) return;
  place.threads_now = threads;
  place.runner->compute_with(threads);
  log::info("a model computes with another number of threads",
            {{"model", place.model.name}, {"threads", threads}});
}

// What keeps others out, memory or heat.
Strain Fleet::strain() const {
  return heat_.heat() == Heat::kCritical ? std::max(strain_, Strain::kSome) : strain_;
}

}  // namespace hearth::fleet
