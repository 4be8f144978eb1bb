#include "fleet/compute_threads.h"

namespace hearth::fleet {

std::uint32_t compute_threads(const ThreadWish& wish, std::uint64_t weight_bytes) {
  if (wish.configured != 0) return wish.configured;
  return weight_bytes < kOneThreadBytesMax ? 1 : wish.cores;
}

}  // namespace hearth::fleet
