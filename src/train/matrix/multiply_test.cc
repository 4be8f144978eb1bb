#include "train/matrix/multiply.h"

#include <cmath>
#include <random>
#include <vector>

#include <gmock/gmock.h>

#include "train/matrix/kernel_avx512.h"

namespace hearth::train {
namespace {

std::vector<float> random_numbers(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> numbers(count);
  for (float& number : numbers)
    number = normal(random);
  return numbers;
}

std::vector<const Kernel*> kernels() {
  std::vector<const Kernel*> all = {&plain_kernel()};
  for (const Kernel* kernel : {avx512_f32_kernel(), avx512_bf16_kernel()}) {
    if (kernel != nullptr) all.push_back(kernel);
  }
  return all;
}

struct Sizes {
  std::size_t rows;
  std::size_t depth;
  std::size_t columns;
};

// Whole tiles, parts of tiles, odd depths, and more than is made at once.
constexpr Sizes kSizes[] = {{8, 16, 32}, {1, 1, 1},     {7, 3, 31},
                            {9, 33, 65}, {40, 129, 96}, {33, 2100, 40}};

// Halves have 8 bits; the error of a sum of products grows with the root of its length.
double allowed(const Kernel& kernel, std::size_t depth) {
  const double bits = kernel.numbers_per_cell == 1 ? 1e-5 : 1e-2;
  return bits * std::sqrt(static_cast<double>(depth)) + 1e-6;
}

struct Wanted {
  Sizes sizes;
  std::vector<float> left;   // rows × depth
  std::vector<float> right;  // depth × columns

  explicit Wanted(const Sizes& s)
      : sizes(s),
        left(random_numbers(s.rows * s.depth, 1)),
        right(random_numbers(s.depth * s.columns, 2)) {}
  double at(std::size_t row, std::size_t column) const {
    double sum = 0;
    for (std::size_t k = 0; k < sizes.depth; ++k) {
      sum += static_cast<double>(left[row * sizes.depth + k]) *
             static_cast<double>(right[k * sizes.columns + column]);
    }
    return sum;
  }
  void expect(const std::vector<float>& got, const Kernel& kernel, double offset) const {
    for (std::size_t i = 0; i < got.size(); ++i) {
      ASSERT_NEAR(got[i], at(i / sizes.columns, i % sizes.columns) + offset,
                  allowed(kernel, sizes.depth))
          << kernel.name << " " << sizes.rows << "×" << sizes.depth << "×" << sizes.columns
          << " at " << i;
    }
  }
};

std::vector<float> turned(const std::vector<float>& numbers, std::size_t rows,
                          std::size_t columns) {
  std::vector<float> out(numbers.size());
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c)
      out[c * rows + r] = numbers[r * columns + c];
  }
  return out;
}

TEST(Multiply, IsTheSumOfProductsWithEveryKernel) {
  for (const Kernel* kernel : kernels()) {
    for (const Sizes& sizes : kSizes) {
      const Wanted wanted(sizes);
      Panels right;
      right.shape(*kernel, sizes.depth, sizes.columns);
      right.put_rows(0, {wanted.right.data(), sizes.depth, sizes.columns, sizes.columns});
      Left left;
      left.make(*kernel, {wanted.left.data(), sizes.rows, sizes.depth, sizes.depth});
      std::vector<float> out(sizes.rows * sizes.columns, 5.0F);
      multiply(left, right, {out.data(), sizes.columns, Sum::kAdd});
      wanted.expect(out, *kernel, 5.0);
      multiply(left, right, {out.data(), sizes.columns, Sum::kReplace});
      wanted.expect(out, *kernel, 0.0);
    }
  }
}

TEST(Multiply, TakesARightSideByItsColumns) {
  for (const Kernel* kernel : kernels()) {
    for (const Sizes& sizes : kSizes) {
      const Wanted wanted(sizes);
      const auto columns = turned(wanted.right, sizes.depth, sizes.columns);
      Panels right;
      right.shape(*kernel, sizes.depth, sizes.columns);
      right.put_columns(0, {columns.data(), sizes.columns, sizes.depth, sizes.depth});
      Left left;
      left.make(*kernel, {wanted.left.data(), sizes.rows, sizes.depth, sizes.depth});
      std::vector<float> out(sizes.rows * sizes.columns);
      multiply(left, right, {out.data(), sizes.columns, Sum::kReplace});
      wanted.expect(out, *kernel, 0.0);
    }
  }
}

TEST(Multiply, TakesALeftSideLyingOnItsSide) {
  for (const Kernel* kernel : kernels()) {
    for (const Sizes& sizes : kSizes) {
      const Wanted wanted(sizes);
      const auto rows = turned(wanted.left, sizes.rows, sizes.depth);
      Panels left;
      left.shape(*kernel, sizes.depth, sizes.rows);
      left.put_rows(0, {rows.data(), sizes.depth, sizes.rows, sizes.rows});
      Panels right;
      right.shape(*kernel, sizes.depth, sizes.columns);
      right.put_rows(0, {wanted.right.data(), sizes.depth, sizes.columns, sizes.columns});
      std::vector<float> out(sizes.rows * sizes.columns);
      for (std::size_t panel = 0; panel < left.panels(); ++panel) {
        multiply_panel(
            left, panel, right,
            {out.data() + panel * kTileColumns * sizes.columns, sizes.columns, Sum::kReplace});
      }
      wanted.expect(out, *kernel, 0.0);
    }
  }
}

TEST(Multiply, WritesOnlyTheColumnsThatAreAskedFor) {
  const Wanted wanted({4, 6, 40});
  for (const Kernel* kernel : kernels()) {
    Panels right;
    right.shape(*kernel, 6, 40);
    right.put_rows(0, {wanted.right.data(), 6, 40, 40});
    Left left;
    left.make(*kernel, {wanted.left.data(), 4, 6, 6});
    std::vector<float> out(4 * 40, 9.0F);
    multiply_columns(left, right, 35, {out.data(), 40, Sum::kReplace});
    for (std::size_t i = 0; i < out.size(); ++i)
      EXPECT_EQ(out[i] == 9.0F, i % 40 >= 35) << i;
  }
}

TEST(Kernel, MakesHalvesOfNumbersRoundedToTheNearest) {
  const Kernel* kernel = avx512_bf16_kernel();
  const Kernel& found = find_kernel(Precision::kBf16);
  EXPECT_EQ(&found == kernel, kernel != nullptr);
  if (kernel == nullptr) return;
  // 1 + 2^-8 lies in the middle of two halves: the even one; a little more, and it is the next.
  const float numbers[] = {1.0F, 1.00390625F, 1.005F, -2.0F, 3.0F};
  Cell cells[3] = {};
  kernel->make_along(numbers, 5, cells);
  EXPECT_EQ(cells[0], 0x3f803f80U);
  EXPECT_EQ(cells[1], 0xc0003f81U);
  EXPECT_EQ(cells[2], 0x00004040U);
}

}  // namespace
}  // namespace hearth::train
