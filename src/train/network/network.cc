#include "train/network/network.h"

namespace hearth::train {

namespace {

// As llama.cpp has it for each family.
Rotation::Pairs pairs_of(const std::string& family) {
  return family.starts_with("llama") ? Rotation::Pairs::kNeighbours : Rotation::Pairs::kHalves;
}

}  // namespace

Network::Network(const Shape& shape, const Extras& extras, const NetworkOptions& options)
    : layout_(shape, extras),
      kernel_(&find_kernel(options.precision)),
      crew_(options.threads - 1),
      weights_(layout_.size()),
      gradient_(layout_.size()),
      operands_(layout_, *kernel_),
      layers_({layout_, *kernel_, operands_, weights_.data(), crew_},
              Rotation(shape.head_width, shape.rope_base, pairs_of(shape.family),
                       options.rope_factors)),
      loss_({layout_, *kernel_, operands_, weights_.data(), crew_}),
      vectors_({layout_, *kernel_, operands_, weights_.data(), crew_}),
      pair_loss_({layout_, *kernel_, operands_, weights_.data(), crew_}) {}

double Network::measure(const Batch& batch) {
  return loss_.measure(batch, layers_.forward(batch));
}

double Network::learn(const Batch& batch, float weight) {
  const float* rows = layers_.forward(batch);
  TokenLoss::Back back;
  back.weight = weight;
  back.rows = row_gradient_.ensure(batch.tokens.size() * layout_.shape().width);
  back.weights = gradient_.data();
  const double loss = loss_.learn(batch, rows, back);
  layers_.backward(batch, back.rows, gradient_.data());
  return loss;
}

const float* Network::vectors(const Batch& texts) {
  return vectors_.make(texts, layers_.forward(texts));
}

double Network::measure(const PairBatch& batch, float temperature) {
  return pair_loss_.measure(batch, vectors(batch.texts), temperature);
}

double Network::learn_pairs(const PairBatch& batch, float temperature) {
  const std::size_t width = layout_.shape().width;
  const float* rows = layers_.forward(batch.texts);
  const float* made = vectors_.make(batch.texts, rows);
  float* gradient = vector_gradient_.ensure(batch.texts.segments.size() * width);
  const double loss = pair_loss_.learn(batch, made, temperature, gradient);
  float* of_rows = row_gradient_.ensure(batch.texts.tokens.size() * width);
  vectors_.back(batch.texts, rows, {gradient, of_rows, gradient_.data()});
  layers_.backward(batch.texts, of_rows, gradient_.data());
  return loss;
}

}  // namespace hearth::train
