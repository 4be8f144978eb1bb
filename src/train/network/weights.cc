#include "train/network/weights.h"

namespace hearth::train {

namespace {

// Every place begins at a cache line.
constexpr std::size_t kAlignment = 16;

}  // namespace

Layout::Layout(const Shape& shape, const Extras& extras) : shape_(shape), extras_(extras) {
  embedding_ = add_matrix("token_embd.weight", shape.vocabulary, shape.width);
  out_norm_ = add_row("output_norm.weight", shape.width);
  writer_ = shape.tied ? embedding_ : add_matrix("output.weight", shape.vocabulary, shape.width);
  for (std::size_t i = 0; i < shape.layers; ++i)
    add_layer(i);
}

void Layout::add_layer(std::size_t index) {
  const std::string prefix = "blk." + std::to_string(index) + ".";
  const std::size_t width = shape_.width;
  LayerPlaces layer;
  layer.attention_norm = add_row(prefix + "attn_norm.weight", width);
  layer.query = add_matrix(prefix + "attn_q.weight", query_width(), width);
  layer.key = add_matrix(prefix + "attn_k.weight", key_width(), width);
  layer.value = add_matrix(prefix + "attn_v.weight", key_width(), width);
  if (extras_.attention_biases) {
    layer.query_bias = add_row(prefix + "attn_q.bias", query_width());
    layer.key_bias = add_row(prefix + "attn_k.bias", key_width());
    layer.value_bias = add_row(prefix + "attn_v.bias", key_width());
  }
  if (extras_.head_norms) {
    layer.query_norm = add_row(prefix + "attn_q_norm.weight", shape_.head_width);
    layer.key_norm = add_row(prefix + "attn_k_norm.weight", shape_.head_width);
  }
  layer.attention_out = add_matrix(prefix + "attn_output.weight", width, query_width());
  layer.hidden_norm = add_row(prefix + "ffn_norm.weight", width);
  layer.gate = add_matrix(prefix + "ffn_gate.weight", shape_.hidden, width);
  layer.up = add_matrix(prefix + "ffn_up.weight", shape_.hidden, width);
  layer.down = add_matrix(prefix + "ffn_down.weight", width, shape_.hidden);
  layers_.push_back(layer);
}

Place Layout::add_matrix(std::string name, std::size_t rows, std::size_t columns) {
  const Place place{size_, rows, columns};
  size_ += (place.size() + kAlignment - 1) / kAlignment * kAlignment;
  places_.push_back({std::move(name), place, true});
  return place;
}

Place Layout::add_row(std::string name, std::size_t columns) {
  const Place place = add_matrix(std::move(name), 1, columns);
  places_.back().is_matrix = false;
  return place;
}

}  // namespace hearth::train
