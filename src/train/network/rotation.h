// Rotary positions: each head's numbers are turned in pairs, by an angle that grows with the
// position. Which numbers are a pair depends on the family.
//
// Threads: reading is thread-safe once ensure() has made the angles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hearth::train {

class Rotation {
 public:
  enum class Pairs : std::uint8_t { kNeighbours, kHalves };
  enum class Direction : std::uint8_t { kForward, kBack };

  // `factors` divide the frequencies; empty is none.
  Rotation(std::size_t head_width, float base, Pairs pairs, std::vector<float> factors);

  void ensure(std::size_t positions);
  // All heads of one row.
  void turn(float* row, std::size_t heads, std::size_t position, Direction direction) const;

 private:
  std::size_t head_width_;
  Pairs pairs_;
  std::vector<double> frequencies_;
  std::vector<float> cosines_;  // of every position, half a head each
  std::vector<float> sines_;
};

}  // namespace hearth::train
