#include "train/matrix/panels.h"

#include <algorithm>

namespace hearth::train {

void Panels::shape(const Kernel& kernel, std::size_t depth, std::size_t columns) {
  kernel_ = &kernel;
  depth_ = kernel.cells(depth);
  columns_ = columns;
  cells_.ensure(depth_ * panels() * kTileColumns);
  if (columns % kTileColumns == 0) return;
  // What no column fills is multiplied all the same, and must be no "not a number".
  Cell* last = cells_.data() + (panels() - 1) * depth_ * kTileColumns;
  std::fill(last, last + depth_ * kTileColumns, Cell{0});
}

void Panels::put_rows(std::size_t depth, const Rows& rows) {
  const std::size_t step = kernel_->numbers_per_cell;
  for (std::size_t i = 0; i < rows.count; i += step) {
    const float* even = rows.row(i);
    const float* odd = i + 1 < rows.count ? rows.row(i + 1) : nullptr;
    Cell* to = cells_.data() + (depth + i) / step * kTileColumns;
    for (std::size_t c = 0; c < rows.columns; c += kTileColumns) {
      const std::size_t count = std::min(kTileColumns, rows.columns - c);
      kernel_->make_across(even + c, odd == nullptr ? nullptr : odd + c, count, to);
      to += depth_ * kTileColumns;
    }
  }
}

void Panels::put_columns(std::size_t column, const Rows& rows) {
  constexpr std::size_t kCellsAtOnce = 64;
  Cell cells[kCellsAtOnce];
  const std::size_t numbers_at_once = kCellsAtOnce * kernel_->numbers_per_cell;
  for (std::size_t i = 0; i < rows.count; ++i) {
    const std::size_t place = column + i;
    Cell* to = cells_.data() + place / kTileColumns * depth_ * kTileColumns + place % kTileColumns;
    for (std::size_t k = 0; k < rows.columns; k += numbers_at_once) {
      const std::size_t count = std::min(numbers_at_once, rows.columns - k);
      kernel_->make_along(rows.row(i) + k, count, cells);
      for (std::size_t cell = 0; cell < kernel_->cells(count); ++cell) {
        *to = cells[cell];
        to += kTileColumns;
      }
    }
  }
}

}  // namespace hearth::train
