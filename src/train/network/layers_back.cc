#include <algorithm>
#include <cstring>

#include "train/matrix/multiply.h"
#include "train/matrix/rows_work.h"
#include "train/network/layers.h"
#include "train/network/piece_room.h"

namespace hearth::train {

namespace {

constexpr std::size_t kColumnsAtOnce = 64;  // of the embedding's gradient, for one thread

// The gradient of what went into a norm, from that of what came out; rows beside each other.
void norms_back(const Norm& norm, const Rows& x, const float* gradient, const NormGradient& into) {
  for (std::size_t i = 0; i < x.count; ++i) {
    rms_norm_back(norm, x.row(i), gradient + i * x.columns, {into.x + i * x.columns, into.gain});
  }
}

}  // namespace

void Layers::backward(const Batch& batch, float* gradient, float* into) {
  const std::size_t tokens = batch.tokens.size();
  const std::size_t pieces = piece_count(tokens);
  gradients_.rows = gradient;
  gradients_.attended.ensure(tokens * query_width_);
  gradients_.query.ensure(tokens * query_width_);
  gradients_.key.ensure(tokens * key_width_);
  gradients_.value.ensure(tokens * key_width_);
  gradients_.smalls.ensure(pieces * small_places_.size);
  shape_sides(tokens);
  for (std::size_t layer = traces_.size(); layer-- > 0;) {
    gradients_.smalls.clear();
    machine_.crew.run(pieces, [&](std::size_t i) {
      hidden_back(layer, piece_at(i, tokens));
      attended_back(layer, piece_at(i, tokens));
    });
    attention_back(layer, batch);
    machine_.crew.run(pieces, [&](std::size_t i) { ask_back(layer, piece_at(i, tokens)); });
    add_matrices(layer, into);
    add_smalls(layer, pieces, into);
  }
  add_embedding(batch, gradient, into);
}

void Layers::shape_sides(std::size_t tokens) {
  const Kernel& kernel = machine_.kernel;
  for (Panels* side : {&sides_.asked, &sides_.middle, &sides_.normed, &sides_.out})
    side->shape(kernel, tokens, width_);
  for (Panels* side : {&sides_.query, &sides_.attended})
    side->shape(kernel, tokens, query_width_);
  for (Panels* side : {&sides_.key, &sides_.value})
    side->shape(kernel, tokens, key_width_);
  for (Panels* side : {&sides_.gate, &sides_.up, &sides_.opened})
    side->shape(kernel, tokens, hidden_);
}

void Layers::hidden_back(std::size_t layer, const Piece& piece) {
  const Trace& trace = traces_[layer];
  const LayerOperands& by = operands(layer);
  PieceRoom& room = piece_room();
  const std::size_t count = piece.count * hidden_;
  const Rows out{gradients_.rows + piece.begin * width_, piece.count, width_, width_};
  sides_.out.put_rows(piece.begin, out);
  // What goes back to the norm takes its place below, and may be the larger one.
  float* down = room.gradient.ensure(piece.count * std::max(hidden_, width_));
  multiply(room.left.make(machine_.kernel, out), by.down.backward, {down, hidden_, Sum::kReplace});
  const SwigluInput input{trace.gate.data() + piece.begin * hidden_,
                          trace.up.data() + piece.begin * hidden_};
  const SwigluGradient opened{room.gate.ensure(count), room.up.ensure(count),
                              room.opened.ensure(count)};
  swiglu_back(input, down, count, opened);
  const Rows gate{opened.gate, piece.count, hidden_, hidden_};
  const Rows up{opened.up, piece.count, hidden_, hidden_};
  sides_.opened.put_rows(piece.begin, {opened.out, piece.count, hidden_, hidden_});
  sides_.gate.put_rows(piece.begin, gate);
  sides_.up.put_rows(piece.begin, up);

  const Place& gain = places(layer).hidden_norm;
  const Rows middle{trace.middle.data() + piece.begin * width_, piece.count, width_, width_};
  sides_.normed.put_rows(piece.begin, normed_rows(machine_, gain, middle, room.normed));
  float* normed = room.gradient.data();
  multiply(room.left.make(machine_.kernel, gate), by.gate.backward,
           {normed, width_, Sum::kReplace});
  multiply(room.left.make(machine_.kernel, up), by.up.backward, {normed, width_, Sum::kAdd});
  float* smalls = gradients_.smalls.data() + piece.index * small_places_.size;
  norms_back(norm_of(machine_, gain), middle, normed,
             {gradients_.rows + piece.begin * width_, smalls + small_places_.hidden_norm});
}

void Layers::attended_back(std::size_t layer, const Piece& piece) {
  const std::size_t first = piece.begin * query_width_;
  PieceRoom& room = piece_room();
  const Rows middle{gradients_.rows + piece.begin * width_, piece.count, width_, width_};
  sides_.middle.put_rows(piece.begin, middle);
  sides_.attended.put_rows(piece.begin, {traces_[layer].attended.data() + first, piece.count,
                                         query_width_, query_width_});
  multiply(room.left.make(machine_.kernel, middle), operands(layer).attention_out.backward,
           {gradients_.attended.data() + first, query_width_, Sum::kReplace});
}

void Layers::attention_back(std::size_t layer, const Batch& batch) {
  const Trace& trace = traces_[layer];
  Attention::Back back;
  back.input = {trace.query.data(), trace.key.data(), trace.value.data()};
  back.gradient = gradients_.attended.data();
  back.into = {gradients_.query.data(), gradients_.key.data(), gradients_.value.data()};
  const std::size_t kv_heads = attention_.shape().kv_heads;
  machine_.crew.run(batch.segments.size() * kv_heads, [&](std::size_t i) {
    attention_.backward(batch.segments[i / kv_heads], i % kv_heads, back);
  });
}

void Layers::heads_back(std::size_t layer, const Piece& piece) {
  const Trace& trace = traces_[layer];
  const Shape& shape = machine_.layout.shape();
  PieceRoom& room = piece_room();
  float* smalls = gradients_.smalls.data() + piece.index * small_places_.size;
  struct Heads {
    const Place& gain;
    const float* plain;
    float* gradient;
    std::size_t count;
    float* gain_gradient;
  };
  const auto back = [&](const Heads& heads) {
    const std::size_t first = piece.begin * heads.count * shape.head_width;
    const std::size_t count = piece.count * heads.count;
    const Rows plain{heads.plain + first, count, shape.head_width, shape.head_width};
    float* normed = room.normed.ensure(count * shape.head_width);
    std::swap_ranges(normed, normed + count * shape.head_width, heads.gradient + first);
    std::fill_n(heads.gradient + first, count * shape.head_width, 0.0F);
    norms_back(norm_of(machine_, heads.gain), plain, normed,
               {heads.gradient + first, heads.gain_gradient});
  };
  back({places(layer).query_norm, trace.plain_query.data(), gradients_.query.data(), shape.heads,
        smalls + small_places_.query_norm});
  back({places(layer).key_norm, trace.plain_key.data(), gradients_.key.data(), shape.kv_heads,
        smalls + small_places_.key_norm});
}

void Layers::biases_back(std::size_t layer, const Piece& piece) {
  if (!places(layer).query_bias.present()) return;
  float* smalls = gradients_.smalls.data() + piece.index * small_places_.size;
  for (std::size_t i = piece.begin; i < piece.begin + piece.count; ++i) {
    add(gradients_.query.data() + i * query_width_, query_width_,
        smalls + small_places_.query_bias);
    add(gradients_.key.data() + i * key_width_, key_width_, smalls + small_places_.key_bias);
    add(gradients_.value.data() + i * key_width_, key_width_, smalls + small_places_.value_bias);
  }
}

void Layers::ask_back(std::size_t layer, const Piece& piece) {
  const LayerOperands& by = operands(layer);
  PieceRoom& room = piece_room();
  float* query_gradient = gradients_.query.data() + piece.begin * query_width_;
  float* key_gradient = gradients_.key.data() + piece.begin * key_width_;
  turn(piece, Rotation::Direction::kBack, query_gradient, key_gradient);
  if (machine_.layout.extras().head_norms) heads_back(layer, piece);
  biases_back(layer, piece);
  const Rows query{query_gradient, piece.count, query_width_, query_width_};
  const Rows key{key_gradient, piece.count, key_width_, key_width_};
  const Rows value{gradients_.value.data() + piece.begin * key_width_, piece.count, key_width_,
                   key_width_};
  sides_.query.put_rows(piece.begin, query);
  sides_.key.put_rows(piece.begin, key);
  sides_.value.put_rows(piece.begin, value);

  const Place& gain = places(layer).attention_norm;
  const Rows in{traces_[layer].in.data() + piece.begin * width_, piece.count, width_, width_};
  sides_.asked.put_rows(piece.begin, normed_rows(machine_, gain, in, room.normed));
  float* asked = room.gradient.ensure(piece.count * width_);
  multiply(room.left.make(machine_.kernel, query), by.query.backward,
           {asked, width_, Sum::kReplace});
  multiply(room.left.make(machine_.kernel, key), by.key.backward, {asked, width_, Sum::kAdd});
  multiply(room.left.make(machine_.kernel, value), by.value.backward, {asked, width_, Sum::kAdd});
  float* smalls = gradients_.smalls.data() + piece.index * small_places_.size;
  norms_back(norm_of(machine_, gain), in, asked,
             {gradients_.rows + piece.begin * width_, smalls + small_places_.attention_norm});
}

void Layers::add_matrices(std::size_t layer, float* into) {
  struct Product {
    const Panels* out;
    const Panels* in;
    const Place* place;
  };
  const LayerPlaces& at = places(layer);
  const Product products[] = {
      {&sides_.gate, &sides_.normed, &at.gate},
      {&sides_.up, &sides_.normed, &at.up},
      {&sides_.out, &sides_.opened, &at.down},
      {&sides_.query, &sides_.asked, &at.query},
      {&sides_.key, &sides_.asked, &at.key},
      {&sides_.value, &sides_.asked, &at.value},
      {&sides_.middle, &sides_.attended, &at.attention_out},
  };
  struct Task {
    const Product* product;
    std::size_t panel;
  };
  std::vector<Task> tasks;
  for (const Product& product : products) {
    for (std::size_t panel = 0; panel < product.out->panels(); ++panel)
      tasks.push_back({&product, panel});
  }
  machine_.crew.run(tasks.size(), [&](std::size_t i) {
    const auto& [product, panel] = tasks[i];
    const std::size_t columns = product->place->columns;
    float* first = into + product->place->begin + panel * kTileColumns * columns;
    multiply_panel(*product->out, panel, *product->in, {first, columns, Sum::kAdd});
  });
}

void Layers::add_smalls(std::size_t layer, std::size_t pieces, float* into) const {
  const LayerPlaces& at = places(layer);
  const auto add_up = [&](const Place& place, std::size_t offset) {
    for (std::size_t piece = 0; piece < pieces && place.present(); ++piece) {
      add(gradients_.smalls.data() + piece * small_places_.size + offset, place.columns,
          into + place.begin);
    }
  };
  add_up(at.attention_norm, small_places_.attention_norm);
  add_up(at.hidden_norm, small_places_.hidden_norm);
  add_up(at.query_norm, small_places_.query_norm);
  add_up(at.key_norm, small_places_.key_norm);
  add_up(at.query_bias, small_places_.query_bias);
  add_up(at.key_bias, small_places_.key_bias);
  add_up(at.value_bias, small_places_.value_bias);
}

void Layers::add_embedding(const Batch& batch, const float* gradient, float* into) const {
  float* embedding = into + machine_.layout.embedding().begin;
  machine_.crew.run((width_ + kColumnsAtOnce - 1) / kColumnsAtOnce, [&](std::size_t i) {
    const std::size_t first = i * kColumnsAtOnce;
    const std::size_t count = std::min(kColumnsAtOnce, width_ - first);
    for (std::size_t t = 0; t < batch.tokens.size(); ++t) {
      const auto token = static_cast<std::size_t>(batch.tokens[t]);
      add(gradient + t * width_ + first, count, embedding + token * width_ + first);
    }
  });
}

}  // namespace hearth::train
