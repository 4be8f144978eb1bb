#include "base/random.h"

#include <sys/random.h>

#include "base/result.h"

namespace hearth::base {

std::uint32_t random_u32() {
  std::uint32_t value = 0;
  HEARTH_ASSERT(::getrandom(&value, sizeof value, 0) == sizeof value);
  return value;
}

}  // namespace hearth::base
