#include "weights.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/result.h"

namespace hearth::models {

namespace {

constexpr std::size_t kQuantiles = 65536;
// Standard deviations of the whole numbers that random bits make.
constexpr float kSpreadOf4Bits = 4.61F;
constexpr float kSpreadOf5Bits = 9.23F;
constexpr float kSpreadOf6Bits = 18.5F;
constexpr float kSpreadOf8Bits = 73.9F;

// The inverse of the normal distribution function by Newton's method; 1e-7 is plenty here.
float normal_quantile(double probability) {
  double x = 0.0;
  for (int i = 0; i < 60; ++i) {
    const double error = 0.5 * std::erfc(-x / std::sqrt(2.0)) - probability;
    const double density = std::exp(-x * x / 2.0) / std::sqrt(2.0 * 3.14159265358979323846);
    const double step = error / density;
    x -= std::fmax(-0.5, std::fmin(0.5, step));
    if (std::fabs(step) < 1e-9) break;
  }
  return static_cast<float>(x);
}

template <typename T>
void append_raw(std::string& into, const T& value) {
  into.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

Random::Random(std::uint64_t seed) : state_() {
  for (std::uint64_t& word : state_) {
    seed += 0x9E3779B97F4A7C15;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    word = mixed ^ (mixed >> 31);
  }
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void Random::append_bytes(std::string& into, std::size_t count) {
  for (; count >= sizeof(std::uint64_t); count -= sizeof(std::uint64_t))
    append_raw(into, next());
  const std::uint64_t last = next();
  into.append(reinterpret_cast<const char*>(&last), count);
}

std::uint16_t to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000);
  const auto magnitude = bits & 0x7FFFFFFF;
  if (magnitude >= 0x47800000) return sign | 0x7C00;  // 65536 and more, infinity
  if (magnitude < 0x38800000) {                       // subnormal: multiples of 2^-24
    const float steps = std::bit_cast<float>(magnitude) * 16777216.0F;
    return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(std::nearbyint(steps)));
  }
  const std::uint32_t rounded = magnitude + 0xFFF + ((magnitude >> 13) & 1) - 0x38000000;
  return static_cast<std::uint16_t>(sign | (rounded >> 13));
}

Weights::Weights(std::uint64_t seed)
    : random_(seed), normal_(kQuantiles), normal_half_(kQuantiles) {
  for (std::size_t i = 0; i < kQuantiles; ++i) {
    normal_[i] = normal_quantile((static_cast<double>(i) + 0.5) / kQuantiles);
  }
}

void Weights::append(std::string& into, gguf::TensorType type, std::uint64_t blocks, float spread) {
  using enum gguf::TensorType;
  switch (type) {
    case kF32:
      return append_f32(into, blocks, spread);
    case kF16:
      return append_f16(into, blocks, spread);
    case kQ4_0:
      return append_simple(into, blocks, spread / kSpreadOf4Bits, 16);
    case kQ5_0:
      return append_simple(into, blocks, spread / kSpreadOf5Bits, 20);
    case kQ8_0:
      return append_simple(into, blocks, spread / kSpreadOf8Bits, 32);
    case kQ4_K:
      return append_q4_k(into, blocks, spread);
    case kQ6_K:
      return append_q6_k(into, blocks, spread);
    default:
      HEARTH_ASSERT(!"a type that make-model writes");
  }
}

void Weights::append_f32(std::string& into, std::uint64_t count, float spread) {
  for (std::uint64_t i = 0; i < count; ++i) {
    append_raw(into, normal_[random_.next() % kQuantiles] * spread);
  }
}

void Weights::append_f16(std::string& into, std::uint64_t count, float spread) {
  if (normal_half_spread_ != spread) {
    normal_half_spread_ = spread;
    for (std::size_t i = 0; i < kQuantiles; ++i)
      normal_half_[i] = to_half(normal_[i] * spread);
  }
  for (std::uint64_t i = 0; i < count; i += 4) {
    std::uint64_t bits = random_.next();
    for (std::uint64_t j = i; j < count && j < i + 4; ++j, bits >>= 16) {
      append_raw(into, normal_half_[bits % kQuantiles]);
    }
  }
}

void Weights::append_half(std::string& into, float value) {
  append_raw(into, to_half(value));
}

void Weights::append_simple(std::string& into, std::uint64_t blocks, float scale,
                            std::size_t bits_bytes) {
  for (std::uint64_t i = 0; i < blocks; ++i) {
    append_half(into, signed_scale(scale));
    random_.append_bytes(into, bits_bytes);
  }
}

// 256 weights: two halves (scale of scales, scale of minima), eight 6-bit scales and eight 6-bit
// minima in 12 bytes, 4 bits each. A weight is d·scale·q - dmin·minimum; with dmin = 7.5·d and
// minimum = scale its mean is 0.
void Weights::append_q4_k(std::string& into, std::uint64_t blocks, float spread) {
  constexpr float kMeanOf4Bits = 7.5F;
  constexpr float kMeanScale = 39.5F;  // of 32 … 47
  const float scale = spread / (kMeanScale * kSpreadOf4Bits);
  for (std::uint64_t i = 0; i < blocks; ++i) {
    const float d = signed_scale(scale);
    append_half(into, d);
    append_half(into, d * kMeanOf4Bits);
    std::array<std::uint8_t, 8> scales{};
    std::uint64_t bits = random_.next();
    for (std::uint8_t& each : scales) {
      each = static_cast<std::uint8_t>(32 + (bits & 15));
      bits >>= 4;
    }
    std::array<std::uint8_t, 12> packed{};
    for (std::size_t j = 0; j < 4; ++j) {
      const auto high = static_cast<std::uint8_t>((scales[j + 4] >> 4) << 6);
      const auto low = static_cast<std::uint8_t>(scales[j + 4] & 15);
      packed[j] = scales[j] | high;
      packed[j + 4] = scales[j] | high;
      packed[j + 8] = static_cast<std::uint8_t>(low | low << 4);
    }
    append_raw(into, packed);
    random_.append_bytes(into, 128);
  }
}

// 256 weights: the low 4 bits, the high 2 bits, sixteen 8-bit scales, a half. A weight is
// d·scale·(q - 32).
void Weights::append_q6_k(std::string& into, std::uint64_t blocks, float spread) {
  constexpr float kMeanScale = 71.5F;  // of 64 … 79
  const float scale = spread / (kMeanScale * kSpreadOf6Bits);
  for (std::uint64_t i = 0; i < blocks; ++i) {
    random_.append_bytes(into, 192);
    std::uint64_t bits = random_.next();
    for (int j = 0; j < 16; ++j) {
      const int each = 64 + static_cast<int>(bits & 15);
      bits >>= 4;
      into += static_cast<char>(j % 2 == 0 ? each : -each);
    }
    append_half(into, signed_scale(scale));
  }
}

}  // namespace hearth::models
