// Products of matrices, made of tiles by one thread. Whoever has several threads gives each its own
// rows of the result.
//
// Threads: pure.
#pragma once

#include <cstddef>

#include "train/matrix/buffer.h"
#include "train/matrix/panels.h"

namespace hearth::train {

// The left operand: rows of cells.
class Left {
 public:
  Left& make(const Kernel& kernel, const Rows& rows);
  const Cell* cells() const { return cells_.data(); }
  std::size_t rows() const { return rows_; }
  std::size_t stride() const { return stride_; }

 private:
  Buffer<Cell> cells_;
  std::size_t rows_ = 0;
  std::size_t stride_ = 0;
};

struct Out {
  float* begin = nullptr;
  std::size_t stride = 0;
  Sum sum = Sum::kReplace;
};

// out = left · right. REQUIRES: the same kernel.
void multiply(const Left& left, const Panels& right, const Out& out);
// Only the first columns, or over the first cells of the depth.
void multiply_columns(const Left& left, const Panels& right, std::size_t columns, const Out& out);
void multiply_depth(const Left& left, const Panels& right, std::size_t depth, const Out& out);
// out = leftᵀ · right for the columns of one panel of `left`; both have the same depth.
void multiply_panel(const Panels& left, std::size_t panel, const Panels& right, const Out& out);

}  // namespace hearth::train
