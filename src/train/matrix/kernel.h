// What multiplies one small tile of two matrices, for the CPU at hand, and how operands have to lie
// in memory for it. All larger products are made of tiles; see multiply.h.
//
// An operand is made of cells of 32 bits: one number, or two bfloat16 that follow each other along
// the depth of the product and whose products are added at once. Sums are always kept as floats.
//
// Measured on two cores of a Zen 5 (GFLOPS, products of a model 384 wide, 4096 tokens, both
// cores): llama.cpp's mul_mat 140 with F32 and 390 to 490 with BF16, its out_prod 60, OpenBLAS
// 0.3.21 210; these tiles 400 to 550 while others computed on the same cores, and 435 of the 470
// that one core can do when it was alone.
//
// Threads: immutable.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hearth::train {

using Cell = std::uint32_t;
inline constexpr std::size_t kTileRows = 8;
inline constexpr std::size_t kTileColumns = 32;

enum class Sum : std::uint8_t { kReplace, kAdd };

// out[r][c] = Σ left(r, k) · right(k, c), for up to kTileRows rows and kTileColumns columns.
struct Tile {
  std::size_t depth = 0;  // in cells
  const Cell* left = nullptr;
  std::size_t row_stride = 0;
  std::size_t depth_stride = 0;
  const Cell* right = nullptr;  // depth × kTileColumns cells, one after the other
  float* out = nullptr;
  std::size_t out_stride = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;
  Sum sum = Sum::kReplace;
};

struct Kernel {
  const char* name;
  std::size_t numbers_per_cell;
  void (*multiply_tile)(const Tile& tile);
  // Cells whose depth runs along the numbers; the last one is filled up with zero.
  void (*make_along)(const float* numbers, std::size_t count, Cell* cells);
  // Cells whose depth goes from one row of numbers to the next; the odd one may be null for zeros,
  // and is not read by a kernel with one number per cell.
  void (*make_across)(const float* even, const float* odd, std::size_t count, Cell* cells);

  std::size_t cells(std::size_t numbers) const {
    return (numbers + numbers_per_cell - 1) / numbers_per_cell;
  }
};

enum class Precision : std::uint8_t { kBf16, kF32 };

// The fastest of this precision; what bfloat16 needs is not in every CPU, and kF32 stands in for it
// there.
const Kernel& find_kernel(Precision precision);
// Slow, and the same on every machine: what the others are tested against.
const Kernel& plain_kernel();

}  // namespace hearth::train
