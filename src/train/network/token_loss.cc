#include "train/network/token_loss.h"

#include <algorithm>
#include <cstring>

#include "train/matrix/multiply.h"
#include "train/matrix/rows_work.h"

namespace hearth::train {

namespace {

constexpr std::size_t kLossRows = 32;                       // one piece of work
constexpr std::size_t kGroupCells = std::size_t{32} << 20;  // of the gradients of logits

struct Room {
  Left left;
  Buffer<float> rows, normed, logits, gradient;
};

thread_local Room room;

}  // namespace

double TokenLoss::measure(const Batch& batch, const float* rows) {
  find_places(batch);
  const Back back;
  return run_group({batch, rows, back, 0, places_.size()}, Purpose::kMeasure);
}

double TokenLoss::learn(const Batch& batch, const float* rows, const Back& back) {
  find_places(batch);
  const std::size_t width = machine_.layout.shape().width;
  std::memset(back.rows, 0, batch.tokens.size() * width * sizeof(float));
  const std::size_t vocabulary = machine_.layout.shape().vocabulary;
  std::size_t most = kGroupCells * machine_.kernel.numbers_per_cell / vocabulary;
  most = std::max(most / kLossRows, std::size_t{1}) * kLossRows;
  double loss = 0;
  for (std::size_t first = 0; first < places_.size(); first += most) {
    const std::size_t count = std::min(most, places_.size() - first);
    loss += run_group({batch, rows, back, first, count}, Purpose::kLearn);
    add_writer(back.weights);
  }
  return loss;
}

void TokenLoss::find_places(const Batch& batch) {
  places_.clear();
  for (std::size_t i = 0; i < batch.targets.size(); ++i) {
    if (batch.targets[i] != kNoTarget) places_.push_back(i);
  }
}

double TokenLoss::run_group(const Group& group, Purpose purpose) {
  const std::size_t width = machine_.layout.shape().width;
  const std::size_t pieces = (group.count + kLossRows - 1) / kLossRows;
  if (purpose == Purpose::kLearn) {
    logits_.shape(machine_.kernel, group.count, machine_.layout.shape().vocabulary);
    normed_.shape(machine_.kernel, group.count, width);
    gains_.ensure(pieces * width);
    gains_.clear();
  }
  std::vector<double> losses(pieces);
  machine_.crew.run(pieces, [&](std::size_t i) {
    const std::size_t begin = i * kLossRows;
    losses[i] = run_piece(group, {i, begin, std::min(kLossRows, group.count - begin)}, purpose);
  });
  double loss = 0;
  for (const double part : losses)
    loss += part;
  if (purpose == Purpose::kLearn) {
    for (std::size_t i = 0; i < pieces; ++i) {
      add(gains_.data() + i * width, width, group.back.weights + machine_.layout.out_norm().begin);
    }
  }
  return loss;
}

double TokenLoss::run_piece(const Group& group, const Piece& piece, Purpose purpose) {
  const Shape& shape = machine_.layout.shape();
  const std::size_t width = shape.width;
  const Norm norm{machine_.at(machine_.layout.out_norm()), width, shape.norm_epsilon};
  const std::size_t* places = places_.data() + group.first + piece.begin;
  float* normed = room.normed.ensure(piece.count * width);
  for (std::size_t i = 0; i < piece.count; ++i)
    rms_norm(norm, group.rows + places[i] * width, normed + i * width);
  const Rows rows{normed, piece.count, width, width};
  float* logits = room.logits.ensure(piece.count * shape.vocabulary);
  multiply(room.left.make(machine_.kernel, rows), machine_.operands.writer().forward,
           {logits, shape.vocabulary, Sum::kReplace});
  double loss = 0;
  for (std::size_t i = 0; i < piece.count; ++i) {
    const auto target = static_cast<std::size_t>(group.batch.targets[places[i]]);
    loss +=
        cross_entropy(logits + i * shape.vocabulary, shape.vocabulary, target, group.back.weight);
  }
  if (purpose == Purpose::kMeasure) return loss;

  const Rows down{logits, piece.count, shape.vocabulary, shape.vocabulary};
  logits_.put_rows(piece.begin, down);
  normed_.put_rows(piece.begin, rows);
  float* gradient = room.gradient.ensure(piece.count * width);
  multiply(room.left.make(machine_.kernel, down), machine_.operands.writer().backward,
           {gradient, width, Sum::kReplace});
  for (std::size_t i = 0; i < piece.count; ++i) {
    rms_norm_back(norm, group.rows + places[i] * width, gradient + i * width,
                  {group.back.rows + places[i] * width, gains_.data() + piece.index * width});
  }
  return loss;
}

void TokenLoss::add_writer(float* into) {
  const Place& place = machine_.layout.writer();
  machine_.crew.run(logits_.panels(), [&](std::size_t panel) {
    float* first = into + place.begin + panel * kTileColumns * place.columns;
    multiply_panel(logits_, panel, normed_, {first, place.columns, Sum::kAdd});
  });
}

}  // namespace hearth::train
