#include "fleet/pressure/strain.h"

#include <chrono>

namespace hearth::fleet {

namespace {

Strain strain_of(double stall) {
  if (stall >= StrainGauge::kMuchFrom) return Strain::kMuch;
  return stall >= StrainGauge::kSomeFrom ? Strain::kSome : Strain::kNone;
}

Strain one_less(Strain strain) {
  return strain == Strain::kMuch ? Strain::kSome : Strain::kNone;
}

}  // namespace

std::string_view strain_name(Strain strain) {
  switch (strain) {
    case Strain::kNone:
      return "none";
    case Strain::kSome:
      return "some";
    case Strain::kMuch:
      return "much";
  }
  return "none";
}

Strain StrainGauge::note(double stall, base::TimePoint now) {
  const Strain seen = strain_of(stall);
  if (seen > strain_) strain_ = seen;
  if (strain_of(stall * 2) >= strain_) strained_ = now;
  if (strain_ != Strain::kNone && now - strained_ >= kCalm) {
    strain_ = one_less(strain_);
    strained_ = now;
  }
  return strain_;
}

}  // namespace hearth::fleet
