#include "train/matrix/kernel_avx512.h"

#include <cstring>

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the placeholders inside its own intrinsics for mistakes of ours (GCC PR 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#define HEARTH_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma")))

namespace hearth::train {

namespace {

constexpr std::size_t kLanes = 16;
constexpr std::size_t kVectors = kTileColumns / kLanes;

HEARTH_AVX512 inline __mmask16 mask_of(std::size_t count) {
  return count >= kLanes ? static_cast<__mmask16>(0xffff)
                         : static_cast<__mmask16>((1U << count) - 1U);
}

template <Precision kPrecision, std::size_t kRows>
HEARTH_AVX512 void multiply_rows(const Tile& tile) {
  __m512 sums[kRows][kVectors];
  for (auto& row : sums) {
    for (__m512& sum : row)
      sum = _mm512_setzero_ps();
  }
  const Cell* right = tile.right;
  const Cell* left = tile.left;
  for (std::size_t k = 0; k < tile.depth; ++k) {
    const __m512i low = _mm512_loadu_si512(right);
    const __m512i high = _mm512_loadu_si512(right + kLanes);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRows; ++r) {
      const __m512i cell = _mm512_set1_epi32(static_cast<int>(left[r * tile.row_stride]));
      if constexpr (kPrecision == Precision::kBf16) {
        sums[r][0] = _mm512_dpbf16_ps(sums[r][0], (__m512bh)cell, (__m512bh)low);
        sums[r][1] = _mm512_dpbf16_ps(sums[r][1], (__m512bh)cell, (__m512bh)high);
      } else {
        const __m512 number = _mm512_castsi512_ps(cell);
        sums[r][0] = _mm512_fmadd_ps(number, _mm512_castsi512_ps(low), sums[r][0]);
        sums[r][1] = _mm512_fmadd_ps(number, _mm512_castsi512_ps(high), sums[r][1]);
      }
    }
    right += kTileColumns;
    left += tile.depth_stride;
  }
  const __mmask16 low = mask_of(tile.columns);
  const __mmask16 high = mask_of(tile.columns < kLanes ? 0 : tile.columns - kLanes);
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
    float* out = tile.out + r * tile.out_stride;
    if (tile.sum == Sum::kAdd) {
      sums[r][0] = _mm512_add_ps(sums[r][0], _mm512_maskz_loadu_ps(low, out));
      sums[r][1] = _mm512_add_ps(sums[r][1], _mm512_maskz_loadu_ps(high, out + kLanes));
    }
    _mm512_mask_storeu_ps(out, low, sums[r][0]);
    _mm512_mask_storeu_ps(out + kLanes, high, sums[r][1]);
  }
}

template <Precision kPrecision>
void multiply_tile(const Tile& tile) {
  constexpr void (*kByRows[kTileRows])(const Tile&) = {
      &multiply_rows<kPrecision, 1>, &multiply_rows<kPrecision, 2>, &multiply_rows<kPrecision, 3>,
      &multiply_rows<kPrecision, 4>, &multiply_rows<kPrecision, 5>, &multiply_rows<kPrecision, 6>,
      &multiply_rows<kPrecision, 7>, &multiply_rows<kPrecision, 8>};
  kByRows[tile.rows - 1](tile);
}

void copy_along(const float* numbers, std::size_t count, Cell* cells) {
  std::memcpy(cells, numbers, count * sizeof(Cell));
}

void copy_across(const float* even, const float* /*odd*/, std::size_t count, Cell* cells) {
  std::memcpy(cells, even, count * sizeof(Cell));
}

HEARTH_AVX512 void halve_along(const float* numbers, std::size_t count, Cell* cells) {
  std::size_t i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    const __m512 low = _mm512_loadu_ps(numbers + i);
    const __m512 high = _mm512_loadu_ps(numbers + i + kLanes);
    _mm512_storeu_si512(cells + i / 2, (__m512i)_mm512_cvtne2ps_pbh(high, low));
  }
  for (; i < count; i += kLanes) {
    const __m512 some = _mm512_maskz_loadu_ps(mask_of(count - i), numbers + i);
    const std::size_t pairs = (count - i + 1) / 2;
    const auto mask = static_cast<__mmask8>(pairs >= 8 ? 0xffU : (1U << pairs) - 1U);
    _mm256_mask_storeu_epi32(cells + i / 2, mask, (__m256i)_mm512_cvtneps_pbh(some));
  }
}

HEARTH_AVX512 void halve_across(const float* even, const float* odd, std::size_t count,
                                Cell* cells) {
  for (std::size_t i = 0; i < count; i += kLanes) {
    const __mmask16 mask = mask_of(count - i);
    const __m512 low = _mm512_maskz_loadu_ps(mask, even + i);
    const __m512 high = odd == nullptr ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(mask, odd + i);
    const __m512i low_half = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(low));
    const __m512i high_half = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(high));
    const __m512i both = _mm512_or_si512(low_half, _mm512_slli_epi32(high_half, 16));
    _mm512_mask_storeu_epi32(cells + i, mask, both);
  }
}

constexpr Kernel kF32 = {"AVX-512 F32", 1, &multiply_tile<Precision::kF32>, &copy_along,
                         &copy_across};
constexpr Kernel kBf16 = {"AVX-512 BF16", 2, &multiply_tile<Precision::kBf16>, &halve_along,
                          &halve_across};

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

}  // namespace

const Kernel* avx512_f32_kernel() {
  return has_avx512() ? &kF32 : nullptr;
}

const Kernel* avx512_bf16_kernel() {
  return has_avx512() && __builtin_cpu_supports("avx512bf16") ? &kBf16 : nullptr;
}

}  // namespace hearth::train

#else

namespace hearth::train {

const Kernel* avx512_f32_kernel() {
  return nullptr;
}

const Kernel* avx512_bf16_kernel() {
  return nullptr;
}

}  // namespace hearth::train

#endif
