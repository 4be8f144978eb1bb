#include "fleet/pressure/heat.h"

#include <algorithm>
#include <chrono>

namespace hearth::fleet {

namespace {

// A zone that says of no temperature that it is hot tells nothing.
std::optional<std::int64_t> hot_from(const process::ThermalZone& zone) {
  if (zone.passive) return *zone.passive - HeatGauge::kHotBelowPassive;
  if (zone.critical) return *zone.critical - HeatGauge::kHotBelowCritical;
  return std::nullopt;
}

std::optional<std::int64_t> critical_from(const process::ThermalZone& zone) {
  if (!zone.critical) return std::nullopt;
  return *zone.critical - HeatGauge::kCriticalBelow;
}

}  // namespace

std::string_view heat_name(Heat heat) {
  switch (heat) {
    case Heat::kNone:
      return "none";
    case Heat::kHot:
      return "hot";
    case Heat::kCritical:
      return "critical";
  }
  return "none";
}

// The worst of all zones. A processor that was slowed down is hot, whatever its sensors say.
HeatGauge::Sign HeatGauge::sign_of(const process::HeatReading& reading) {
  Sign sign = Sign::kCool;
  const auto at_least = [&](Sign other) { sign = std::max(sign, other); };
  for (const process::ThermalZone& zone : reading.zones) {
    const auto hot = hot_from(zone);
    if (hot && zone.temperature >= *hot) at_least(Sign::kHot);
    if (hot && zone.temperature > *hot - kCooler) at_least(Sign::kMild);
    const auto critical = critical_from(zone);
    if (critical && zone.temperature >= *critical) at_least(Sign::kCritical);
  }
  if (throttled_ && reading.throttled > *throttled_) at_least(Sign::kHot);
  throttled_ = reading.throttled;
  return sign;
}

// Who becomes hot again soon after it got a thread back waits longer the next time.
void HeatGauge::step_down(base::TimePoint now) {
  if (was_up_ && now - last_up_ < kForget) calm_ = std::min(calm_ * 2, kCalmMost);
  was_up_ = false;
  ++steps_;
  stepped_ = now;
}

void HeatGauge::step_up(base::TimePoint now) {
  --steps_;
  stepped_ = now;
  last_up_ = now;
  was_up_ = true;
}

Heat HeatGauge::note(const process::HeatReading& reading, base::TimePoint now) {
  const Sign sign = sign_of(reading);
  if (sign == Sign::kCritical) {
    critical_ = true;
    while (steps_ < kStepsMax)
      step_down(now);
  } else if (sign != Sign::kHot) {
    critical_ = false;
  }
  const bool may_step = steps_ == 0 || now - stepped_ >= kStep;
  if (sign == Sign::kHot && steps_ < kStepsMax && may_step) step_down(now);
  if (sign != Sign::kCool) {
    cool_since_.reset();
    return heat();
  }
  if (!cool_since_) cool_since_ = now;
  const base::Duration calm = now - std::max(*cool_since_, stepped_);
  if (steps_ > 0 && calm >= calm_) step_up(now);
  if (steps_ == 0 && calm >= kForget) calm_ = kCalmLeast;
  return heat();
}

Heat HeatGauge::heat() const {
  if (critical_) return Heat::kCritical;
  return steps_ > 0 ? Heat::kHot : Heat::kNone;
}

std::uint32_t HeatGauge::threads(std::uint32_t most) const {
  if (steps_ == 0 || most == 0) return most;
  return std::max(1U, most * (kStepsMax + 1 - steps_) / (kStepsMax + 1));
}

}  // namespace hearth::fleet
