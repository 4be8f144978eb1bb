#include "engine/cost_model.h"

#include <algorithm>
#include <bit>

namespace hearth::engine {

namespace {

constexpr std::uint32_t kShallowBits = 9;  // below 512 tokens depth does not show
constexpr double kWeightOfTheNew = 0.2;
constexpr double kOutlier = 4;  // a step in which the machine did something else

}  // namespace

// The smallest class that holds them.
std::size_t CostModel::size_class(std::uint32_t tokens) {
  const auto found = std::lower_bound(kSizes.begin(), kSizes.end(), tokens);
  return found == kSizes.end() ? kSizes.size() - 1
                               : static_cast<std::size_t>(found - kSizes.begin());
}

std::size_t CostModel::depth_class(std::uint32_t depth) {
  return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(depth >> kShallowBits)),
                               kDepths - 1);
}

void CostModel::learn(std::uint32_t tokens, std::uint32_t depth, double ms) {
  if (tokens == 0) return;
  const std::size_t size = size_class(tokens);
  double& known = ms_[depth_class(depth)][size];
  const double scaled = ms * kSizes[size] / tokens;
  if (known == 0) {
    known = scaled;
  } else {
    known += kWeightOfTheNew * (std::min(scaled, known * kOutlier) - known);
  }
}

// From the nearest size that is known: a larger step costs in proportion, a smaller one no more.
std::optional<double> CostModel::look_up(const Row& row, std::size_t size) {
  if (row[size] > 0) return row[size];
  std::optional<double> best;
  for (std::size_t smaller = size; smaller-- > 0;) {
    if (row[smaller] == 0) continue;
    best = row[smaller] * kSizes[size] / kSizes[smaller];
    break;
  }
  for (std::size_t larger = size + 1; larger < row.size(); ++larger) {
    if (row[larger] == 0) continue;
    best = std::min(best.value_or(row[larger]), row[larger]);
    break;
  }
  return best;
}

double CostModel::predict(std::uint32_t tokens, std::uint32_t depth) const {
  if (tokens == 0) return 0;
  const std::size_t size = size_class(tokens);
  const std::size_t own = depth_class(depth);
  const auto scaled = [&](double ms) { return ms * tokens / kSizes[size]; };
  for (std::size_t away = 0; away < kDepths; ++away) {
    if (own >= away) {
      if (const auto ms = look_up(ms_[own - away], size)) return scaled(*ms);
    }
    if (own + away < kDepths) {
      if (const auto ms = look_up(ms_[own + away], size)) return scaled(*ms);
    }
  }
  return 0;
}

}  // namespace hearth::engine
