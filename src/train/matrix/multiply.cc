#include "train/matrix/multiply.h"

#include <algorithm>

namespace hearth::train {

namespace {

// So much of a panel stays in the nearest caches while the tiles beside it are made.
constexpr std::size_t kDepthAtOnce = 512;

struct Extent {
  std::size_t columns;
  std::size_t depth;
};

void multiply_extent(const Left& left, const Panels& right, const Extent& extent, const Out& out) {
  Tile tile;
  tile.depth = extent.depth;
  tile.row_stride = left.stride();
  tile.depth_stride = 1;
  tile.out_stride = out.stride;
  tile.sum = out.sum;
  for (std::size_t c = 0; c < extent.columns; c += kTileColumns) {
    tile.right = right.panel(c / kTileColumns);
    tile.columns = std::min(kTileColumns, extent.columns - c);
    for (std::size_t r = 0; r < left.rows(); r += kTileRows) {
      tile.rows = std::min(kTileRows, left.rows() - r);
      tile.left = left.cells() + r * left.stride();
      tile.out = out.begin + r * out.stride + c;
      right.kernel().multiply_tile(tile);
    }
  }
}

}  // namespace

Left& Left::make(const Kernel& kernel, const Rows& rows) {
  rows_ = rows.count;
  stride_ = kernel.cells(rows.columns);
  Cell* to = cells_.ensure(rows_ * stride_);
  for (std::size_t i = 0; i < rows_; ++i)
    kernel.make_along(rows.row(i), rows.columns, to + i * stride_);
  return *this;
}

void multiply(const Left& left, const Panels& right, const Out& out) {
  multiply_extent(left, right, {right.columns(), right.depth()}, out);
}

void multiply_columns(const Left& left, const Panels& right, std::size_t columns, const Out& out) {
  multiply_extent(left, right, {columns, right.depth()}, out);
}

void multiply_depth(const Left& left, const Panels& right, std::size_t depth, const Out& out) {
  multiply_extent(left, right, {right.columns(), depth}, out);
}

void multiply_panel(const Panels& left, std::size_t panel, const Panels& right, const Out& out) {
  const std::size_t rows = std::min(kTileColumns, left.columns() - panel * kTileColumns);
  Tile tile;
  tile.row_stride = 1;
  tile.depth_stride = kTileColumns;
  tile.out_stride = out.stride;
  for (std::size_t k = 0; k < left.depth(); k += kDepthAtOnce) {
    tile.depth = std::min(kDepthAtOnce, left.depth() - k);
    tile.sum = k == 0 ? out.sum : Sum::kAdd;
    for (std::size_t c = 0; c < right.columns(); c += kTileColumns) {
      tile.right = right.panel(c / kTileColumns) + k * kTileColumns;
      tile.columns = std::min(kTileColumns, right.columns() - c);
      for (std::size_t r = 0; r < rows; r += kTileRows) {
        tile.rows = std::min(kTileRows, rows - r);
        tile.left = left.panel(panel) + k * kTileColumns + r;
        tile.out = out.begin + r * out.stride + c;
        right.kernel().multiply_tile(tile);
      }
    }
  }
}

}  // namespace hearth::train
