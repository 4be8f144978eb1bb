// The layers of a network: from tokens to the rows that its last layer gives, and from the gradient
// of those back to that of every weight in between. Written out by hand, because that is several
// times faster here than a general graph: what lies beside each other in a layer is computed piece
// by piece while it is in the caches, products read operands made for them, and only tokens of the
// same conversation meet.
//
// A layer:  asked = norm(in); query, key, value = products of it (with biases, norms of heads and
//           positions); middle = in + product of what attention gives;
//           out = middle + down(silu(gate) · up), both of them products of norm(middle).
//
// Threads:    confined to the caller, who lends the crew.
// Invariants: the same numbers whatever the number of threads.
#pragma once

#include <vector>

#include "train/matrix/buffer.h"
#include "train/network/attention.h"
#include "train/network/batch.h"
#include "train/network/machine.h"
#include "train/network/rotation.h"

namespace hearth::train {

class Layers {
 public:
  Layers(const Machine& machine, Rotation rotation);

  // Rows of the model's width, one for each token. They stay until the next call.
  const float* forward(const Batch& batch);
  // `gradient` is that of what forward() gave for the same batch, and is used up. Adds to
  // `into`, which lies like the weights.
  void backward(const Batch& batch, float* gradient, float* into);

 private:
  // What forward() leaves of a layer for backward().
  struct Trace {
    Buffer<float> in, query, key, value, attended, middle, gate, up;
    Buffer<float> plain_query, plain_key;  // before the norms of heads, where there are any
  };
  // Both sides of the products whose sums over all tokens are the gradients of the matrices.
  struct Sides {
    Panels asked, query, key, value, attended, middle, normed, gate, up, opened, out;
  };
  // Places in a row of the gradients of gains and biases of one layer.
  struct Smalls {
    std::size_t attention_norm = 0, hidden_norm = 0, query_norm = 0, key_norm = 0;
    std::size_t query_bias = 0, key_bias = 0, value_bias = 0, size = 0;
  };
  struct Gradients {
    float* rows = nullptr;  // of what the layer gave, then of what it got
    Buffer<float> attended, query, key, value;
    Buffer<float> smalls;  // one row of Smalls for each piece
  };

  void read_tokens(const Batch& batch);
  void place_tokens(const Batch& batch);
  void ask(std::size_t layer, const Piece& piece);
  void attend(std::size_t layer, const Batch& batch);
  void answer(std::size_t layer, const Piece& piece);
  void normalise_heads(std::size_t layer, const Piece& piece);
  void turn(const Piece& piece, Rotation::Direction direction, float* query, float* key) const;

  void shape_sides(std::size_t tokens);
  void hidden_back(std::size_t layer, const Piece& piece);
  void attended_back(std::size_t layer, const Piece& piece);
  void attention_back(std::size_t layer, const Batch& batch);
  void heads_back(std::size_t layer, const Piece& piece);
  void ask_back(std::size_t layer, const Piece& piece);
  void biases_back(std::size_t layer, const Piece& piece);
  void add_matrices(std::size_t layer, float* into);
  void add_smalls(std::size_t layer, std::size_t pieces, float* into) const;
  void add_embedding(const Batch& batch, const float* gradient, float* into) const;

  const LayerPlaces& places(std::size_t layer) const { return machine_.layout.layer(layer); }
  const LayerOperands& operands(std::size_t layer) const { return machine_.operands.layer(layer); }
  Buffer<float>& out_of(std::size_t layer) {
    return layer + 1 < traces_.size() ? traces_[layer + 1].in : last_;
  }

  Machine machine_;
  Rotation rotation_;
  Attention attention_;
  std::size_t width_, hidden_, query_width_, key_width_;
  std::vector<std::size_t> positions_;
  std::vector<Trace> traces_;
  Buffer<float> last_;
  Sides sides_;
  Smalls small_places_;
  Gradients gradients_;
};

}  // namespace hearth::train
