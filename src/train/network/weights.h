// Where the numbers of a model's weights stand: all in one long row, so that an optimiser and a
// checkpoint need to know nothing of what they mean. The order and the names are those of a model
// file.
//
// Threads: immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "train/shape.h"

namespace hearth::train {

// What a family may have beyond what all of them have.
struct Extras {
  bool attention_biases = false;  // on what asks, answers and tells
  bool head_norms = false;        // on what asks and answers, for each head
};

// A matrix, or a row of gains or biases; absent when it has no rows.
struct Place {
  std::size_t begin = 0;
  std::size_t rows = 0;  // of a matrix, as many as there are numbers in what it gives
  std::size_t columns = 0;

  std::size_t size() const { return rows * columns; }
  bool present() const { return rows > 0; }
};

struct LayerPlaces {
  Place attention_norm, query, key, value, query_bias, key_bias, value_bias;
  Place query_norm, key_norm, attention_out, hidden_norm, gate, up, down;
};

struct NamedPlace {
  std::string name;  // in a model file: "blk.0.attn_q.weight"
  Place place;
  bool is_matrix = false;
};

class Layout {
 public:
  explicit Layout(const Shape& shape, const Extras& extras);

  const Shape& shape() const { return shape_; }
  const Extras& extras() const { return extras_; }
  std::size_t size() const { return size_; }
  std::span<const NamedPlace> places() const { return places_; }
  const Place& embedding() const { return embedding_; }
  const LayerPlaces& layer(std::size_t index) const { return layers_[index]; }
  const Place& out_norm() const { return out_norm_; }
  // What writes tokens; that which reads them, when these are tied.
  const Place& writer() const { return writer_; }

  std::size_t query_width() const { return std::size_t{shape_.heads} * shape_.head_width; }
  std::size_t key_width() const { return std::size_t{shape_.kv_heads} * shape_.head_width; }

 private:
  Place add_matrix(std::string name, std::size_t rows, std::size_t columns);
  Place add_row(std::string name, std::size_t columns);
  void add_layer(std::size_t index);

  Shape shape_;
  Extras extras_;
  std::size_t size_ = 0;
  std::vector<NamedPlace> places_;
  Place embedding_;
  std::vector<LayerPlaces> layers_;
  Place out_norm_;
  Place writer_;
};

}  // namespace hearth::train
