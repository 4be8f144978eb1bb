#include "train/network/layers.h"

#include <algorithm>
#include <cstring>

#include "train/matrix/multiply.h"
#include "train/matrix/rows_work.h"
#include "train/network/piece_room.h"

namespace hearth::train {

namespace {

AttentionShape attention_shape(const Shape& shape) {
  return {shape.heads, shape.kv_heads, shape.head_width, shape.looks_both_ways};
}

void add_bias(const float* bias, const Rows& rows, float* to) {
  for (std::size_t i = 0; i < rows.count; ++i)
    add(bias, rows.columns, to + i * rows.stride);
}

}  // namespace

Layers::Layers(const Machine& machine, Rotation rotation)
    : machine_(machine),
      rotation_(std::move(rotation)),
      attention_(machine.kernel, attention_shape(machine.layout.shape())),
      width_(machine.layout.shape().width),
      hidden_(machine.layout.shape().hidden),
      query_width_(machine.layout.query_width()),
      key_width_(machine.layout.key_width()),
      traces_(machine.layout.shape().layers) {
  const std::size_t head = machine.layout.shape().head_width;
  Smalls& at = small_places_;
  at.hidden_norm = width_;
  at.query_norm = at.hidden_norm + width_;
  at.key_norm = at.query_norm + head;
  at.query_bias = at.key_norm + head;
  at.key_bias = at.query_bias + query_width_;
  at.value_bias = at.key_bias + key_width_;
  at.size = at.value_bias + key_width_;
}

const float* Layers::forward(const Batch& batch) {
  const std::size_t tokens = batch.tokens.size();
  for (Trace& trace : traces_) {
    trace.in.ensure(tokens * width_);
    trace.middle.ensure(tokens * width_);
    trace.query.ensure(tokens * query_width_);
    trace.attended.ensure(tokens * query_width_);
    for (Buffer<float>* rows : {&trace.key, &trace.value})
      rows->ensure(tokens * key_width_);
    for (Buffer<float>* rows : {&trace.gate, &trace.up})
      rows->ensure(tokens * hidden_);
    if (!machine_.layout.extras().head_norms) continue;
    trace.plain_query.ensure(tokens * query_width_);
    trace.plain_key.ensure(tokens * key_width_);
  }
  last_.ensure(tokens * width_);
  place_tokens(batch);
  read_tokens(batch);
  const std::size_t pieces = piece_count(tokens);
  for (std::size_t layer = 0; layer < traces_.size(); ++layer) {
    if (layer == 0) {
      machine_.crew.run(pieces, [&](std::size_t i) { ask(0, piece_at(i, tokens)); });
    }
    attend(layer, batch);
    machine_.crew.run(pieces, [&](std::size_t i) {
      answer(layer, piece_at(i, tokens));
      if (layer + 1 < traces_.size()) ask(layer + 1, piece_at(i, tokens));
    });
  }
  return last_.data();
}

void Layers::place_tokens(const Batch& batch) {
  positions_.resize(batch.tokens.size());
  std::size_t longest = 0;
  for (const Segment& segment : batch.segments) {
    longest = std::max(longest, segment.length);
    for (std::size_t i = 0; i < segment.length; ++i)
      positions_[segment.begin + i] = i;
  }
  rotation_.ensure(longest);
}

void Layers::read_tokens(const Batch& batch) {
  const float* embedding = machine_.at(machine_.layout.embedding());
  float* to = traces_.front().in.data();
  for (std::size_t i = 0; i < batch.tokens.size(); ++i) {
    const float* from = embedding + static_cast<std::size_t>(batch.tokens[i]) * width_;
    std::memcpy(to + i * width_, from, width_ * sizeof(float));
  }
}

void Layers::ask(std::size_t layer, const Piece& piece) {
  Trace& trace = traces_[layer];
  const LayerPlaces& at = places(layer);
  const LayerOperands& by = operands(layer);
  PieceRoom& room = piece_room();
  const Rows in{trace.in.data() + piece.begin * width_, piece.count, width_, width_};
  room.left.make(machine_.kernel, normed_rows(machine_, at.attention_norm, in, room.normed));
  float* query = trace.query.data() + piece.begin * query_width_;
  float* key = trace.key.data() + piece.begin * key_width_;
  float* value = trace.value.data() + piece.begin * key_width_;
  multiply(room.left, by.query.forward, {query, query_width_, Sum::kReplace});
  multiply(room.left, by.key.forward, {key, key_width_, Sum::kReplace});
  multiply(room.left, by.value.forward, {value, key_width_, Sum::kReplace});
  if (machine_.layout.extras().attention_biases) {
    add_bias(machine_.at(at.query_bias), {query, piece.count, query_width_, query_width_}, query);
    add_bias(machine_.at(at.key_bias), {key, piece.count, key_width_, key_width_}, key);
    add_bias(machine_.at(at.value_bias), {value, piece.count, key_width_, key_width_}, value);
  }
  if (machine_.layout.extras().head_norms) normalise_heads(layer, piece);
  turn(piece, Rotation::Direction::kForward, query, key);
}

void Layers::normalise_heads(std::size_t layer, const Piece& piece) {
  Trace& trace = traces_[layer];
  const Shape& shape = machine_.layout.shape();
  const auto normalise = [&](const Place& gain, Buffer<float>& rows, Buffer<float>& plain,
                             std::size_t heads) {
    const std::size_t first = piece.begin * heads * shape.head_width;
    const Norm norm{machine_.at(gain), shape.head_width, shape.norm_epsilon};
    for (std::size_t i = 0; i < piece.count * heads; ++i) {
      float* row = rows.data() + first + i * shape.head_width;
      std::memcpy(plain.data() + first + i * shape.head_width, row,
                  shape.head_width * sizeof(float));
      rms_norm(norm, row, row);
    }
  };
  normalise(places(layer).query_norm, trace.query, trace.plain_query, shape.heads);
  normalise(places(layer).key_norm, trace.key, trace.plain_key, shape.kv_heads);
}

void Layers::turn(const Piece& piece, Rotation::Direction direction, float* query,
                  float* key) const {
  const Shape& shape = machine_.layout.shape();
  for (std::size_t i = 0; i < piece.count; ++i) {
    const std::size_t position = positions_[piece.begin + i];
    rotation_.turn(query + i * query_width_, shape.heads, position, direction);
    rotation_.turn(key + i * key_width_, shape.kv_heads, position, direction);
  }
}

void Layers::attend(std::size_t layer, const Batch& batch) {
  Trace& trace = traces_[layer];
  const AttentionInput input{trace.query.data(), trace.key.data(), trace.value.data()};
  const std::size_t kv_heads = attention_.shape().kv_heads;
  machine_.crew.run(batch.segments.size() * kv_heads, [&](std::size_t i) {
    attention_.forward(batch.segments[i / kv_heads], i % kv_heads, input, trace.attended.data());
  });
}

void Layers::answer(std::size_t layer, const Piece& piece) {
  Trace& trace = traces_[layer];
  const LayerOperands& by = operands(layer);
  PieceRoom& room = piece_room();
  const std::size_t first = piece.begin * width_;
  const std::size_t count = piece.count * width_;
  float* middle = trace.middle.data() + first;
  room.left.make(machine_.kernel, {trace.attended.data() + piece.begin * query_width_, piece.count,
                                   query_width_, query_width_});
  multiply(room.left, by.attention_out.forward, {middle, width_, Sum::kReplace});
  add(trace.in.data() + first, count, middle);

  const Rows rows{middle, piece.count, width_, width_};
  room.left.make(machine_.kernel,
                 normed_rows(machine_, places(layer).hidden_norm, rows, room.normed));
  float* gate = trace.gate.data() + piece.begin * hidden_;
  float* up = trace.up.data() + piece.begin * hidden_;
  multiply(room.left, by.gate.forward, {gate, hidden_, Sum::kReplace});
  multiply(room.left, by.up.forward, {up, hidden_, Sum::kReplace});
  float* opened = room.opened.ensure(piece.count * hidden_);
  swiglu(gate, up, piece.count * hidden_, opened);
  room.left.make(machine_.kernel, {opened, piece.count, hidden_, hidden_});
  float* out = out_of(layer).data() + first;
  multiply(room.left, by.down.forward, {out, width_, Sum::kReplace});
  add(middle, count, out);
}

}  // namespace hearth::train
