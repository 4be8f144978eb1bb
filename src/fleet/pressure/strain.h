// How short memory is, from how long programs had to wait for it. It rises at once and falls step
// by step, after a calm: who ends models for it must not load them again in the next moment.
//
// Threads: pure; the time is told.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace hearth::fleet {

enum class Strain : std::uint8_t {
  kNone,
  kSome,  // nobody else is let in
  kMuch   // and who rests leaves
};
std::string_view strain_name(Strain strain);  // "none", "some", "much"

class StrainGauge {
 public:
  static constexpr double kSomeFrom = 0.10;
  static constexpr double kMuchFrom = 0.30;
  static constexpr base::Duration kCalm = std::chrono::seconds(20);

  // `stall` is the share of time in which somebody waited for memory.
  Strain note(double stall, base::TimePoint now);

 private:
  Strain strain_ = Strain::kNone;
  base::TimePoint strained_{};  // when it was last as bad as that, or half as bad
};

}  // namespace hearth::fleet
