#include "train/matrix/buffer.h"

#include <sys/mman.h>

namespace hearth::train {

void ask_for_large_pages(void* begin, std::size_t bytes) {
#if defined(MADV_HUGEPAGE)
  (void)::madvise(begin, bytes, MADV_HUGEPAGE);
#else
  (void)begin;
  (void)bytes;
#endif
}

}  // namespace hearth::train
