// For tests: GoogleTest shows an ExitStatus as people read it.
#pragma once

#include <ostream>

#include "process/child.h"

namespace hearth::process {

inline void PrintTo(const ExitStatus& status, std::ostream* out) {
  *out << status.to_string();
}

}  // namespace hearth::process
