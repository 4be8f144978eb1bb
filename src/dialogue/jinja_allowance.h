// How much the runs of a template may take, in steps and in bytes; jinja_watch.h says what is one.
//
// Threads: immutable.
#pragma once

#include <cstddef>

#include "base/units.h"

namespace hearth::dialogue {

inline constexpr std::size_t kTextStepBytes = base::kKiB;  // of text, copied in the time of a step

// For all runs that a Watch sees, together.
struct Allowance {
  std::size_t steps;
  std::size_t bytes;  // of all texts and lists that are made
};

}  // namespace hearth::dialogue
