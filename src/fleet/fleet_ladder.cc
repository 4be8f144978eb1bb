// Models for which there was no memory are loaded with less; load_ladder.h decides with how much.
#include <optional>
#include <utility>

#include "base/log.h"
#include "fleet/fleet.h"
#include "fleet/load_ladder.h"

namespace hearth::fleet {

// Of this model; where only a default rules it is 0.
std::uint32_t Fleet::asked_context(const Place& place) const {
  const bool is_own = place.plan.load.context != options_.load.context;
  return is_own ? place.plan.load.context : options_.context_wished;
}

// A runner did not load; whether another one will be tried with less.
bool Fleet::falls(const std::string& key, const Error& why) {
  Place& place = places_.at(key);
  if (winding_down_ || why.code != Code::kOutOfMemory) return false;
  auto lower = one_rung_lower(place.load(), {asked_context(place), place.own_context});
  if (!lower) return false;
  place.lowered = std::move(lower);
  place.falls = true;
  log::warning("there was no memory to load the model, and it is loaded with less",
               {{"model", place.model.name},
                {"less", what_is_lower(*place.lowered, place.plan.load)},
                {"why", why.message}});
  registry_.counter({"hearth_loads_lowered_total", "Loads that were tried again with less memory"})
      .add();
  return true;
}

bool Fleet::waits_for_less(const store::ModelFile& model, const Error& why) const {
  if (why.code != Code::kOutOfMemory) return false;
  const auto found = places_.find(place_of(model));
  return found != places_.end() && found->second.falls;
}

}  // namespace hearth::fleet
