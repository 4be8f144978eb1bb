#include "engine/cost_model.h"

#include <algorithm>
#include <bit>

namespace hearth::engine {

namespace {

constexpr std::uint32_t kShallowBits = 9;  // below 512 tokens depth does not show
constexpr double kWeightOfTheNew = 0.2;
constexpr double kOutlier = 4;  // a step in which the machine did something else
constexpr double kLeastPart = 0.25;
constexpr double kMsMax = 3'600'000;  // a machine that slept through a step

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

std::uint32_t CostModel::least_depth(std::size_t depth_class) {
  return depth_class == 0 ? 0 : 1U << (kShallowBits + depth_class - 1);
}

void CostModel::learn(std::uint32_t tokens, std::uint32_t depth, double ms) {
  if (tokens == 0) return;
  const std::size_t size = size_class(tokens);
  double& known = ms_[depth_class(depth)][size];
  const double scaled = std::min(ms * kSizes[size] / tokens, kMsMax);
  if (known == 0) {
    known = scaled;
  } else {
    known += kWeightOfTheNew * (std::min(scaled, known * kOutlier) - known);
  }
}

// Between two known sizes: on the line that joins them. Above all of them: in proportion. Below all
// of them: in proportion, but no less than a part of it, because a step has a cost of its own.
std::optional<double> CostModel::look_up(const Row& row, std::size_t size) {
  if (row[size] > 0) return row[size];
  const auto is_known = [](double ms) { return ms > 0; };
  const auto above =
      std::find_if(row.begin() + static_cast<std::ptrdiff_t>(size), row.end(), is_known);
  const auto below =
      std::find_if(row.rend() - static_cast<std::ptrdiff_t>(size), row.rend(), is_known);
  const auto tokens_of = [&](const double& ms) {
    return static_cast<double>(kSizes[static_cast<std::size_t>(&ms - row.data())]);
  };
  const double tokens = kSizes[size];
  if (above == row.end() && below == row.rend()) return std::nullopt;
  if (above == row.end()) return *below * tokens / tokens_of(*below);
  if (below == row.rend()) return *above * std::max(tokens / tokens_of(*above), kLeastPart);
  const double way = (tokens - tokens_of(*below)) / (tokens_of(*above) - tokens_of(*below));
  return *below + way * (*above - *below);
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

std::vector<CostModel::Entry> CostModel::entries() const {
  std::vector<Entry> list;
  for (std::size_t depth = 0; depth < kDepths; ++depth) {
    for (std::size_t size = 0; size < kSizes.size(); ++size) {
      const double ms = ms_[depth][size];
      if (ms > 0) list.push_back({least_depth(depth), kSizes[size], ms});
    }
  }
  return list;
}

bool CostModel::restore(const Entry& entry) {
  const std::size_t size = size_class(entry.tokens);
  const std::size_t depth = depth_class(entry.depth);
  if (kSizes[size] != entry.tokens || least_depth(depth) != entry.depth) return false;
  if (!(entry.ms > 0 && entry.ms <= kMsMax)) return false;
  ms_[depth][size] = entry.ms;
  return true;
}

}  // namespace hearth::engine
