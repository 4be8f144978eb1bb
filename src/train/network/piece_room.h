// What one thread needs while it computes a piece of rows; kept from one piece to the next.
//
// Threads: piece_room() is another one on every thread.
#pragma once

#include "train/matrix/multiply.h"
#include "train/matrix/rows_work.h"
#include "train/network/machine.h"

namespace hearth::train {

struct PieceRoom {
  Left left;
  Buffer<float> normed, opened, gate, up, gradient;
};

inline PieceRoom& piece_room() {
  thread_local PieceRoom room;
  return room;
}

inline Norm norm_of(const Machine& machine, const Place& gain) {
  return {machine.at(gain), gain.columns, machine.layout.shape().norm_epsilon};
}

// The rows, each with its norm, in `room`.
inline Rows normed_rows(const Machine& machine, const Place& gain, const Rows& rows,
                        Buffer<float>& room) {
  const Norm norm = norm_of(machine, gain);
  float* to = room.ensure(rows.count * rows.columns);
  for (std::size_t i = 0; i < rows.count; ++i)
    rms_norm(norm, rows.row(i), to + i * rows.columns);
  return {to, rows.count, rows.columns, rows.columns};
}

}  // namespace hearth::train
