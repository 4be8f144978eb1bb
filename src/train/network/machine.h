// What all parts of a network compute with.
//
// Ownership: borrows everything.
#pragma once

#include "engine/crew.h"
#include "train/matrix/kernel.h"
#include "train/network/operands.h"
#include "train/network/weights.h"

namespace hearth::train {

struct Machine {
  const Layout& layout;
  const Kernel& kernel;
  const Operands& operands;
  const float* weights = nullptr;  // those that the operands are made of
  engine::Crew& crew;

  const float* at(const Place& place) const { return weights + place.begin; }
};

// Rows of a batch that are one piece of work. It decides nothing of the result: every row is
// computed alone, and where rows are summed up the order is that of the pieces.
inline constexpr std::size_t kPieceRows = 96;

struct Piece {
  std::size_t index = 0;
  std::size_t begin = 0;
  std::size_t count = 0;
};

inline std::size_t piece_count(std::size_t rows) {
  return (rows + kPieceRows - 1) / kPieceRows;
}
inline Piece piece_at(std::size_t index, std::size_t rows) {
  const std::size_t begin = index * kPieceRows;
  return {index, begin, rows - begin < kPieceRows ? rows - begin : kPieceRows};
}

}  // namespace hearth::train
