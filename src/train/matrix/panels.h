// A matrix in the order in which a product reads it: panels of kTileColumns columns, each with its
// depth from beginning to end. It is the right operand of a product, or, turned on its side, the
// left one of a product over the same depth.
//
// Threads: thread-compatible; different threads may fill different panels, or different depths.
#pragma once

#include <cstddef>

#include "train/matrix/buffer.h"
#include "train/matrix/kernel.h"

namespace hearth::train {

// Numbers in rows, as they stand elsewhere.
struct Rows {
  const float* begin = nullptr;
  std::size_t count = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;

  const float* row(std::size_t i) const { return begin + i * stride; }
};

class Panels {
 public:
  // Forgets what is in it, and takes this form. All of it has to be put before it is used.
  void shape(const Kernel& kernel, std::size_t depth, std::size_t columns);

  // Rows are steps of depth, from `depth` on. REQUIRES: that is whole cells, and unless these are
  // the last rows, so is their count.
  void put_rows(std::size_t depth, const Rows& rows);
  // Rows are columns of the matrix, from `column` on, and the depth runs along them.
  void put_columns(std::size_t column, const Rows& rows);

  const Kernel& kernel() const { return *kernel_; }
  std::size_t depth() const { return depth_; }  // in cells
  std::size_t columns() const { return columns_; }
  std::size_t panels() const { return (columns_ + kTileColumns - 1) / kTileColumns; }
  const Cell* panel(std::size_t index) const {
    return cells_.data() + index * depth_ * kTileColumns;
  }

 private:
  const Kernel* kernel_ = nullptr;
  std::size_t depth_ = 0;
  std::size_t columns_ = 0;
  Buffer<Cell> cells_;
};

}  // namespace hearth::train
