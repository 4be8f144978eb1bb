#include "train/network/text_vectors.h"

#include <algorithm>
#include <cmath>

#include "train/matrix/rows_work.h"
#include "train/network/piece_room.h"

namespace hearth::train {

namespace {

constexpr double kLengthLeast = 1e-12;  // of a mean, so that no text is divided by nothing

}  // namespace

const float* TextVectors::make(const Batch& batch, const float* rows) {
  const std::size_t count = batch.segments.size();
  vectors_.ensure(count * machine_.layout.shape().width);
  lengths_.resize(count);
  machine_.crew.run(count, [&](std::size_t i) { make_one(batch.segments[i], rows, i); });
  return vectors_.data();
}

void TextVectors::make_one(const Segment& segment, const float* rows, std::size_t index) {
  const std::size_t width = machine_.layout.shape().width;
  const Norm norm = norm_of(machine_, machine_.layout.out_norm());
  float* vector = vectors_.data() + index * width;
  std::fill_n(vector, width, 0.0F);
  float* normed = piece_room().normed.ensure(width);
  for (std::size_t i = segment.begin; i < segment.begin + segment.length; ++i) {
    rms_norm(norm, rows + i * width, normed);
    add(normed, width, vector);
  }
  double squares = 0;
  for (std::size_t i = 0; i < width; ++i) {
    vector[i] /= static_cast<float>(segment.length);
    squares += static_cast<double>(vector[i]) * static_cast<double>(vector[i]);
  }
  lengths_[index] = static_cast<float>(std::max(std::sqrt(squares), kLengthLeast));
  for (std::size_t i = 0; i < width; ++i)
    vector[i] /= lengths_[index];
}

void TextVectors::back(const Batch& batch, const float* rows, const Back& back) {
  const std::size_t width = machine_.layout.shape().width;
  const std::size_t count = batch.segments.size();
  gains_.ensure(count * width);
  gains_.clear();
  std::fill_n(back.rows, batch.tokens.size() * width, 0.0F);
  machine_.crew.run(count, [&](std::size_t i) { back_one(batch.segments[i], rows, back, i); });
  for (std::size_t i = 0; i < count; ++i)
    add(gains_.data() + i * width, width, back.weights + machine_.layout.out_norm().begin);
}

// Of the gradient, what runs along the vector is lost with its length.
void TextVectors::back_one(const Segment& segment, const float* rows, const Back& back,
                           std::size_t index) {
  const std::size_t width = machine_.layout.shape().width;
  const Norm norm = norm_of(machine_, machine_.layout.out_norm());
  const float* vector = vectors_.data() + index * width;
  const float* gradient = back.vectors + index * width;
  double along = 0;
  for (std::size_t i = 0; i < width; ++i)
    along += static_cast<double>(vector[i]) * static_cast<double>(gradient[i]);
  const float scale = 1.0F / (lengths_[index] * static_cast<float>(segment.length));
  float* of_row = piece_room().gradient.ensure(width);
  for (std::size_t i = 0; i < width; ++i)
    of_row[i] = (gradient[i] - static_cast<float>(along) * vector[i]) * scale;
  for (std::size_t i = segment.begin; i < segment.begin + segment.length; ++i) {
    rms_norm_back(norm, rows + i * width, of_row,
                  {back.rows + i * width, gains_.data() + index * width});
  }
}

}  // namespace hearth::train
