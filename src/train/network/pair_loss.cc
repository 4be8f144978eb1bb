#include "train/network/pair_loss.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "train/matrix/rows_work.h"

namespace hearth::train {

namespace {

constexpr std::size_t kRowsAtOnce = 16;  // of scores, for one thread
constexpr float kNoRival = -1e30F;       // a score that leaves nothing
constexpr double kHalf = 0.5;            // of the loss: one for each direction

std::size_t groups_of(std::size_t rows) {
  return (rows + kRowsAtOnce - 1) / kRowsAtOnce;
}

thread_local Left left;

}  // namespace

PairLoss::PairLoss(const Machine& machine)
    : machine_(machine),
      exact_(find_kernel(Precision::kF32)),
      width_(machine.layout.shape().width) {}

double PairLoss::measure(const PairBatch& batch, const float* vectors, float temperature) {
  find_candidates(batch);
  gather(vectors);
  make_scores(temperature);
  gradients_.ensure(queries_.size() * candidates_.size());
  return choose_documents(batch) + choose_queries(batch);
}

double PairLoss::learn(const PairBatch& batch, const float* vectors, float temperature,
                       float* gradient) {
  const double loss = measure(batch, vectors, temperature);
  spread(temperature, gradient);
  return loss;
}

void PairLoss::find_candidates(const PairBatch& batch) {
  const std::size_t none = batch.texts.segments.size();
  std::vector<std::size_t> place(none, none);
  queries_.clear();
  candidates_.clear();
  targets_.clear();
  for (const PairBatch::Pair& pair : batch.pairs) {
    queries_.push_back(pair.query);
    place[pair.query] = 0;
  }
  for (std::size_t i = 0; i < none; ++i) {
    if (place[i] != none) continue;
    place[i] = candidates_.size();
    candidates_.push_back(i);
  }
  for (const PairBatch::Pair& pair : batch.pairs)
    targets_.push_back(place[pair.document]);
}

void PairLoss::gather(const float* vectors) {
  const auto copy = [&](const std::vector<std::size_t>& segments, Buffer<float>& rows) {
    rows.ensure(segments.size() * width_);
    for (std::size_t i = 0; i < segments.size(); ++i)
      std::copy_n(vectors + segments[i] * width_, width_, rows.data() + i * width_);
  };
  copy(queries_, query_rows_);
  copy(candidates_, candidate_rows_);
}

void PairLoss::make_scores(float temperature) {
  const std::size_t columns = candidates_.size();
  Panels panels;
  panels.shape(exact_, width_, columns);
  panels.put_columns(0, {candidate_rows_.data(), columns, width_, width_});
  scores_.ensure(queries_.size() * columns);
  machine_.crew.run(groups_of(queries_.size()), [&](std::size_t group) {
    const std::size_t begin = group * kRowsAtOnce;
    const std::size_t count = std::min(kRowsAtOnce, queries_.size() - begin);
    float* scores = scores_.data() + begin * columns;
    multiply(left.make(exact_, {query_rows_.data() + begin * width_, count, width_, width_}),
             panels, {scores, columns, Sum::kReplace});
    for (std::size_t i = 0; i < count * columns; ++i)
      scores[i] /= temperature;
  });
}

bool PairLoss::are_rivals(const PairBatch& batch, std::size_t pair, std::size_t segment) const {
  const TextMark& wanted = batch.marks[batch.pairs[pair].document];
  const TextMark& other = batch.marks[segment];
  return other.about != wanted.about && other.text != wanted.text;
}

double PairLoss::choose_documents(const PairBatch& batch) {
  const std::size_t columns = candidates_.size();
  const double weight = kHalf / static_cast<double>(queries_.size());
  std::vector<double> losses(queries_.size());
  machine_.crew.run(queries_.size(), [&](std::size_t i) {
    float* row = gradients_.data() + i * columns;
    std::copy_n(scores_.data() + i * columns, columns, row);
    for (std::size_t c = 0; c < columns; ++c) {
      if (c != targets_[i] && !are_rivals(batch, i, candidates_[c])) row[c] = kNoRival;
    }
    losses[i] = cross_entropy(row, columns, targets_[i], static_cast<float>(weight));
  });
  return weight * std::accumulate(losses.begin(), losses.end(), 0.0);
}

// Every pair has a column of its own, so that no two write the same gradient.
double PairLoss::choose_queries(const PairBatch& batch) {
  const std::size_t columns = candidates_.size();
  const double weight = kHalf / static_cast<double>(queries_.size());
  std::vector<double> losses(queries_.size());
  machine_.crew.run(queries_.size(), [&](std::size_t pair) {
    std::vector<float> column(queries_.size());
    for (std::size_t i = 0; i < column.size(); ++i) {
      const bool counts = i == pair || are_rivals(batch, pair, batch.pairs[i].document);
      column[i] = counts ? scores_[i * columns + targets_[pair]] : kNoRival;
    }
    losses[pair] = cross_entropy(column.data(), column.size(), pair, static_cast<float>(weight));
    for (std::size_t i = 0; i < column.size(); ++i)
      gradients_[i * columns + targets_[pair]] += column[i];
  });
  return weight * std::accumulate(losses.begin(), losses.end(), 0.0);
}

// From the gradients of scores to those of the vectors on both sides.
void PairLoss::spread(float temperature, float* gradient) {
  const std::size_t rows = queries_.size();
  const std::size_t columns = candidates_.size();
  for (std::size_t i = 0; i < rows * columns; ++i)
    gradients_[i] /= temperature;
  Panels documents;
  documents.shape(exact_, columns, width_);
  documents.put_rows(0, {candidate_rows_.data(), columns, width_, width_});
  machine_.crew.run(groups_of(rows), [&](std::size_t group) {
    const std::size_t begin = group * kRowsAtOnce;
    const std::size_t count = std::min(kRowsAtOnce, rows - begin);
    Buffer<float> out(count * width_);
    multiply(left.make(exact_, {gradients_.data() + begin * columns, count, columns, columns}),
             documents, {out.data(), width_, Sum::kReplace});
    for (std::size_t i = 0; i < count; ++i)
      std::copy_n(out.data() + i * width_, width_, gradient + queries_[begin + i] * width_);
  });
  Panels by_candidate;
  Panels asked;
  by_candidate.shape(exact_, rows, columns);
  by_candidate.put_rows(0, {gradients_.data(), rows, columns, columns});
  asked.shape(exact_, rows, width_);
  asked.put_rows(0, {query_rows_.data(), rows, width_, width_});
  machine_.crew.run(by_candidate.panels(), [&](std::size_t panel) {
    const std::size_t begin = panel * kTileColumns;
    const std::size_t count = std::min(kTileColumns, columns - begin);
    Buffer<float> out(kTileColumns * width_);
    multiply_panel(by_candidate, panel, asked, {out.data(), width_, Sum::kReplace});
    for (std::size_t i = 0; i < count; ++i)
      std::copy_n(out.data() + i * width_, width_, gradient + candidates_[begin + i] * width_);
  });
}

}  // namespace hearth::train
