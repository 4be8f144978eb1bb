#include "train/matrix/rows_work.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "train/matrix/clones.h"

namespace hearth::train {

namespace {

std::size_t whole_lanes(std::size_t count) {
  return count / kLanes * kLanes;
}

// e^x, to one part in ten million. Below what a float can be it is almost 0.
[[gnu::always_inline]] inline void make_exp(Lanes& x) {
  constexpr float kLeast = -87.0F;
  constexpr float kMost = 88.0F;
  constexpr float kRound = 12582912.0F;  // 1.5 · 2^23: adding it leaves a whole number
  const Lanes least = Lanes{} + kLeast;
  const Lanes most = Lanes{} + kMost;
  x = x < least ? least : x;
  x = x > most ? most : x;
  const Lanes whole = (x * 1.44269504F + kRound) - kRound;
  x = x - whole * 0.693145752F;
  x = x - whole * 1.42860677e-6F;
  Lanes sum = x * 1.9875691e-4F + 1.3981999e-3F;
  sum = sum * x + 8.3334519e-3F;
  sum = sum * x + 4.1665796e-2F;
  sum = sum * x + 0.16666666F;
  sum = sum * x + 0.5F;
  sum = sum * x * x + x + 1.0F;
  const IntLanes exponent = (__builtin_convertvector(whole, IntLanes) + 127) << 23;
  Lanes power;
  std::memcpy(&power, &exponent, sizeof power);
  x = sum * power;
}

// Σ a[i]·b[i]
[[gnu::always_inline]] inline float dot(const float* a, const float* b, std::size_t count) {
  Lanes sums = {};
  const std::size_t whole = whole_lanes(count);
  for (std::size_t i = 0; i < whole; i += kLanes)
    sums += lanes_at(a + i).all * lanes_at(b + i).all;
  float sum = sum_of(sums);
  for (std::size_t i = whole; i < count; ++i)
    sum += a[i] * b[i];
  return sum;
}

[[gnu::always_inline]] inline float one_over_rms(const Norm& norm, const float* x) {
  const float mean = dot(x, x, norm.width) / static_cast<float>(norm.width);
  return 1.0F / std::sqrt(mean + norm.epsilon);
}

[[gnu::always_inline]] inline float most_of(const float* row, std::size_t count) {
  float most = row[0];
  const std::size_t whole = whole_lanes(count);
  if (whole > 0) {
    Lanes found = lanes_at(row).all;
    for (std::size_t i = kLanes; i < whole; i += kLanes)
      found = lanes_at(row + i).all > found ? lanes_at(row + i).all : found;
    for (std::size_t i = 0; i < kLanes; ++i)
      most = std::max(most, found[i]);
  }
  for (std::size_t i = whole; i < count; ++i)
    most = std::max(most, row[i]);
  return most;
}

// row[i] = e^(scale · (row[i] - most)); the sum of them.
[[gnu::always_inline]] inline float make_weights(float* row, std::size_t count, float scale) {
  const float most = most_of(row, count);
  Lanes sums = {};
  const std::size_t whole = whole_lanes(count);
  for (std::size_t i = 0; i < whole; i += kLanes) {
    Lanes x = (lanes_at(row + i).all - most) * scale;
    make_exp(x);
    lanes_at(row + i).all = x;
    sums += x;
  }
  float sum = sum_of(sums);
  for (std::size_t i = whole; i < count; ++i) {
    row[i] = std::exp((row[i] - most) * scale);
    sum += row[i];
  }
  return sum;
}

[[gnu::always_inline]] inline void multiply_all(float* row, std::size_t count, float factor) {
  const std::size_t whole = whole_lanes(count);
  for (std::size_t i = 0; i < whole; i += kLanes)
    lanes_at(row + i).all *= factor;
  for (std::size_t i = whole; i < count; ++i)
    row[i] *= factor;
}

}  // namespace

HEARTH_CLONES void rms_norm(const Norm& norm, const float* x, float* to) {
  const float factor = one_over_rms(norm, x);
  const std::size_t whole = whole_lanes(norm.width);
  for (std::size_t i = 0; i < whole; i += kLanes)
    lanes_at(to + i).all = lanes_at(x + i).all * factor * lanes_at(norm.gain + i).all;
  for (std::size_t i = whole; i < norm.width; ++i)
    to[i] = x[i] * factor * norm.gain[i];
}

HEARTH_CLONES void rms_norm_back(const Norm& norm, const float* x, const float* gradient,
                                 const NormGradient& into) {
  const float factor = one_over_rms(norm, x);
  const std::size_t whole = whole_lanes(norm.width);
  Lanes sums = {};
  for (std::size_t i = 0; i < whole; i += kLanes)
    sums += lanes_at(gradient + i).all * lanes_at(norm.gain + i).all * lanes_at(x + i).all;
  float along = sum_of(sums);
  for (std::size_t i = whole; i < norm.width; ++i)
    along += gradient[i] * norm.gain[i] * x[i];
  const float back = along * factor * factor * factor / static_cast<float>(norm.width);
  for (std::size_t i = 0; i < whole; i += kLanes) {
    const Lanes down = lanes_at(gradient + i).all;
    lanes_at(into.gain + i).all += down * lanes_at(x + i).all * factor;
    lanes_at(into.x + i).all +=
        down * lanes_at(norm.gain + i).all * factor - lanes_at(x + i).all * back;
  }
  for (std::size_t i = whole; i < norm.width; ++i) {
    into.gain[i] += gradient[i] * x[i] * factor;
    into.x[i] += gradient[i] * norm.gain[i] * factor - x[i] * back;
  }
}

HEARTH_CLONES void swiglu(const float* gate, const float* up, std::size_t count, float* to) {
  const std::size_t whole = whole_lanes(count);
  for (std::size_t i = 0; i < whole; i += kLanes) {
    Lanes x = -lanes_at(gate + i).all;
    make_exp(x);
    lanes_at(to + i).all = lanes_at(gate + i).all * lanes_at(up + i).all / (1.0F + x);
  }
  for (std::size_t i = whole; i < count; ++i)
    to[i] = gate[i] * up[i] / (1.0F + std::exp(-gate[i]));
}

HEARTH_CLONES void swiglu_back(const SwigluInput& input, const float* gradient, std::size_t count,
                               const SwigluGradient& into) {
  const std::size_t whole = whole_lanes(count);
  for (std::size_t i = 0; i < whole; i += kLanes) {
    const Lanes gate = lanes_at(input.gate + i).all;
    const Lanes up = lanes_at(input.up + i).all;
    const Lanes down = lanes_at(gradient + i).all;
    Lanes x = -gate;
    make_exp(x);
    const Lanes open = 1.0F / (1.0F + x);
    const Lanes silu = gate * open;
    lanes_at(into.out + i).all = silu * up;
    lanes_at(into.up + i).all = down * silu;
    lanes_at(into.gate + i).all = down * up * (open + silu * (1.0F - open));
  }
  for (std::size_t i = whole; i < count; ++i) {
    const float gate = input.gate[i];
    const float up = input.up[i];
    const float down = gradient[i];
    const float open = 1.0F / (1.0F + std::exp(-gate));
    const float silu = gate * open;
    into.out[i] = silu * up;
    into.up[i] = down * silu;
    into.gate[i] = down * up * (open + silu * (1.0F - open));
  }
}

HEARTH_CLONES void softmax(float* row, std::size_t count, float scale) {
  const float sum = make_weights(row, count, scale);
  multiply_all(row, count, 1.0F / sum);
}

HEARTH_CLONES void softmax_back(const float* row, std::size_t count, float scale, float* gradient) {
  const float mean = dot(row, gradient, count);
  const std::size_t whole = whole_lanes(count);
  for (std::size_t i = 0; i < whole; i += kLanes)
    lanes_at(gradient + i).all =
        lanes_at(row + i).all * (lanes_at(gradient + i).all - mean) * scale;
  for (std::size_t i = whole; i < count; ++i)
    gradient[i] = row[i] * (gradient[i] - mean) * scale;
}

HEARTH_CLONES double cross_entropy(float* logits, std::size_t count, std::size_t target,
                                   float weight) {
  const float most = most_of(logits, count);
  const float wanted = logits[target];
  const float sum = make_weights(logits, count, 1.0F);
  multiply_all(logits, count, weight / sum);
  logits[target] -= weight;
  return std::log(static_cast<double>(sum)) + static_cast<double>(most - wanted);
}

HEARTH_CLONES void add(const float* from, std::size_t count, float* to) {
  const std::size_t whole = whole_lanes(count);
  for (std::size_t i = 0; i < whole; i += kLanes)
    lanes_at(to + i).all += lanes_at(from + i).all;
  for (std::size_t i = whole; i < count; ++i)
    to[i] += from[i];
}

}  // namespace hearth::train
