#include "train/network/rotation.h"

#include <cmath>

namespace hearth::train {

Rotation::Rotation(std::size_t head_width, float base, Pairs pairs, std::vector<float> factors)
    : head_width_(head_width), pairs_(pairs) {
  for (std::size_t i = 0; i < head_width / 2; ++i) {
    const double exponent = -2.0 * static_cast<double>(i) / static_cast<double>(head_width);
    const double factor = i < factors.size() ? static_cast<double>(factors[i]) : 1.0;
    frequencies_.push_back(std::pow(static_cast<double>(base), exponent) / factor);
  }
}

void Rotation::ensure(std::size_t positions) {
  const std::size_t half = frequencies_.size();
  for (std::size_t position = cosines_.size() / half; position < positions; ++position) {
    for (const double frequency : frequencies_) {
      const double angle = static_cast<double>(position) * frequency;
      cosines_.push_back(static_cast<float>(std::cos(angle)));
      sines_.push_back(static_cast<float>(std::sin(angle)));
    }
  }
}

void Rotation::turn(float* row, std::size_t heads, std::size_t position,
                    Direction direction) const {
  const std::size_t half = frequencies_.size();
  const float* cosines = cosines_.data() + position * half;
  const float* sines = sines_.data() + position * half;
  const float sign = direction == Direction::kForward ? 1.0F : -1.0F;
  const std::size_t step = pairs_ == Pairs::kNeighbours ? 2 : 1;
  const std::size_t apart = pairs_ == Pairs::kNeighbours ? 1 : half;
  for (std::size_t head = 0; head < heads; ++head) {
    float* first = row + head * head_width_;
    for (std::size_t i = 0; i < half; ++i) {
      float& a = first[i * step];
      float& b = first[i * step + apart];
      const float sine = sines[i] * sign;
      const float turned = a * cosines[i] - b * sine;
      b = a * sine + b * cosines[i];
      a = turned;
    }
  }
}

}  // namespace hearth::train
