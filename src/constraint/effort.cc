#include "constraint/effort.h"

namespace hearth::constraint {

void Effort::look() {
  since_look_ = 0;
  is_cancelled_ = cancel_.cancelled();
  if (is_cancelled_) left_ = 0;
}

Result<void> Effort::check() const {
  if (!is_over()) return {};
  if (is_cancelled_) return fail(Code::kCancelled, "cancelled");
  return fail(Code::kInvalidArgument,
              "what the answer must be takes too much work to compile; make it smaller: fewer "
              "alternatives and values, shorter texts, simpler patterns");
}

}  // namespace hearth::constraint
