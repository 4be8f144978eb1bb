// How long a step takes with this model on this machine, learned from the steps that were run. It
// is told times and measures none.
//
// Cost grows with the tokens of a step and with how deep the deepest sequence is, and not evenly:
// below some size another kernel computes, so sizes are kept apart instead of fitting a line. What
// was not run yet is guessed, and rather too cheap than too dear: what seems cheap is tried and
// then known, what seems dear never is.
//
// Threads: thread-compatible.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace hearth::engine {

class CostModel {
 public:
  // A step of `tokens`, the deepest of them at `depth`, took `ms`.
  void learn(std::uint32_t tokens, std::uint32_t depth, double ms);
  // What such a step will take; 0 while nothing at all is known.
  double predict(std::uint32_t tokens, std::uint32_t depth) const;

  // What is known, one entry for each size at each depth: for keeping, and for telling.
  struct Entry {
    std::uint32_t depth = 0;  // the least of its class
    std::uint32_t tokens = 0;
    double ms = 0;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries() const;
  // Takes back what entries() told; false, and nothing changes, for what it never tells.
  bool restore(const Entry& entry);

 private:
  static constexpr std::array<std::uint32_t, 10> kSizes{1, 2, 4, 8, 16, 32, 48, 64, 96, 128};
  static constexpr std::size_t kDepths = 16;  // each twice as deep as the one before
  using Row = std::array<double, kSizes.size()>;

  static std::size_t size_class(std::uint32_t tokens);
  static std::size_t depth_class(std::uint32_t depth);
  static std::uint32_t least_depth(std::size_t depth_class);
  static std::optional<double> look_up(const Row& row, std::size_t size);

  std::array<Row, kDepths> ms_{};  // of a step of exactly that size; 0 is unknown
};

}  // namespace hearth::engine
