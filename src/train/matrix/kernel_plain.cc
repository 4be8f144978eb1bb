#include <cstring>

#include "train/matrix/clones.h"
#include "train/matrix/kernel.h"
#include "train/matrix/kernel_avx512.h"

namespace hearth::train {

namespace {

constexpr std::size_t kVectors = kTileColumns / kLanes;

void copy_along(const float* numbers, std::size_t count, Cell* cells) {
  std::memcpy(cells, numbers, count * sizeof(Cell));
}

void copy_across(const float* even, const float* /*odd*/, std::size_t count, Cell* cells) {
  std::memcpy(cells, even, count * sizeof(Cell));
}

float number_of(Cell cell) {
  float number = 0;
  std::memcpy(&number, &cell, sizeof number);
  return number;
}

HEARTH_CLONES void multiply_tile(const Tile& tile) {
  for (std::size_t r = 0; r < tile.rows; ++r) {
    float sums[kTileColumns] = {};
    for (std::size_t k = 0; k < tile.depth; ++k) {
      const float left = number_of(tile.left[r * tile.row_stride + k * tile.depth_stride]);
      const auto* right = reinterpret_cast<const float*>(tile.right + k * kTileColumns);
#pragma GCC unroll 2
      for (std::size_t v = 0; v < kVectors; ++v)
        lanes_at(sums + v * kLanes).all += left * lanes_at(right + v * kLanes).all;
    }
    float* out = tile.out + r * tile.out_stride;
    for (std::size_t c = 0; c < tile.columns; ++c)
      out[c] = tile.sum == Sum::kAdd ? out[c] + sums[c] : sums[c];
  }
}

constexpr Kernel kPlain = {"plain F32", 1, &multiply_tile, &copy_along, &copy_across};

}  // namespace

const Kernel& plain_kernel() {
  return kPlain;
}

const Kernel& find_kernel(Precision precision) {
  const Kernel* found = precision == Precision::kBf16 ? avx512_bf16_kernel() : nullptr;
  if (found == nullptr) found = avx512_f32_kernel();
  return found == nullptr ? kPlain : *found;
}

}  // namespace hearth::train
