#include "train/optimiser.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "train/matrix/clones.h"

namespace hearth::train {

namespace {

constexpr double kMeanKept = 0.9;
// Less than the usual 0.999: small batches of answers of very different lengths change quickly.
constexpr double kSquareKept = 0.95;
constexpr float kEpsilon = 1e-8F;
constexpr std::size_t kNumbersAtOnce = std::size_t{1} << 16;

struct Factors {
  float gradient_scale;
  float mean_kept;
  float square_kept;
  float rate;          // corrected for means that began at zero
  float square_scale;  // likewise
  float kept;          // of a weight
};

struct Row {
  float* weights;
  float* gradient;
  float* means;
  float* squares;
};

HEARTH_CLONES double sum_of_squares(const float* numbers, std::size_t count) {
  double sum = 0;
  const std::size_t whole = count / kLanes * kLanes;
  constexpr std::size_t kStretch = 64 * kLanes;  // of which a float can hold the sum
  for (std::size_t begin = 0; begin < whole; begin += kStretch) {
    Lanes part = {};
    for (std::size_t i = begin; i < std::min(whole, begin + kStretch); i += kLanes)
      part += lanes_at(numbers + i).all * lanes_at(numbers + i).all;
    sum += static_cast<double>(sum_of(part));
  }
  for (std::size_t i = whole; i < count; ++i)
    sum += static_cast<double>(numbers[i]) * static_cast<double>(numbers[i]);
  return sum;
}

HEARTH_CLONES void update(const Row& row, std::size_t count, const Factors& by) {
  for (std::size_t i = 0; i < count; ++i) {
    const float gradient = row.gradient[i] * by.gradient_scale;
    const float mean = by.mean_kept * row.means[i] + (1.0F - by.mean_kept) * gradient;
    const float square =
        by.square_kept * row.squares[i] + (1.0F - by.square_kept) * gradient * gradient;
    row.means[i] = mean;
    row.squares[i] = square;
    row.weights[i] = row.weights[i] * by.kept -
                     by.rate * mean / (std::sqrt(square * by.square_scale) + kEpsilon);
    row.gradient[i] = 0;
  }
}

}  // namespace

Optimiser::Optimiser(const Layout& layout) : means_(layout.size()), squares_(layout.size()) {
  for (const NamedPlace& named : layout.places()) {
    const std::size_t end = named.place.begin + named.place.size();
    for (std::size_t begin = named.place.begin; begin < end; begin += kNumbersAtOnce)
      stretches_.push_back({begin, std::min(kNumbersAtOnce, end - begin), named.is_matrix});
  }
}

double Optimiser::norm(const float* gradient, engine::Crew& crew) const {
  std::vector<double> sums(stretches_.size());
  crew.run(stretches_.size(), [&](std::size_t i) {
    sums[i] = sum_of_squares(gradient + stretches_[i].begin, stretches_[i].count);
  });
  double sum = 0;
  for (const double part : sums)
    sum += part;
  return std::sqrt(sum);
}

void Optimiser::apply(const StepSize& size, std::uint64_t step, const Subject& subject,
                      engine::Crew& crew) {
  const double count = static_cast<double>(step) + 1.0;
  Factors by{};
  by.gradient_scale = static_cast<float>(size.gradient_scale);
  by.mean_kept = static_cast<float>(kMeanKept);
  by.square_kept = static_cast<float>(kSquareKept);
  by.rate = static_cast<float>(size.rate / (1.0 - std::pow(kMeanKept, count)));
  by.square_scale = static_cast<float>(1.0 / (1.0 - std::pow(kSquareKept, count)));
  const auto decayed = static_cast<float>(1.0 - size.rate * size.decay);
  crew.run(stretches_.size(), [&](std::size_t i) {
    const Stretch& stretch = stretches_[i];
    Factors own = by;
    own.kept = stretch.decays ? decayed : 1.0F;
    update({subject.weights + stretch.begin, subject.gradient + stretch.begin,
            means_.data() + stretch.begin, squares_.data() + stretch.begin},
           stretch.count, own);
  });
}

}  // namespace hearth::train
