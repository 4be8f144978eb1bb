#include "train/network/operands.h"

#include <algorithm>

namespace hearth::train {

namespace {

constexpr std::size_t kRowsAtOnce = 128;  // a piece of work; whole cells and whole panels

}  // namespace

Operands::Operands(const Layout& layout, const Kernel& kernel) : layers_(layout.shape().layers) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const LayerPlaces& places = layout.layer(i);
    add(layers_[i].query, places.query, kernel);
    add(layers_[i].key, places.key, kernel);
    add(layers_[i].value, places.value, kernel);
    add(layers_[i].attention_out, places.attention_out, kernel);
    add(layers_[i].gate, places.gate, kernel);
    add(layers_[i].up, places.up, kernel);
    add(layers_[i].down, places.down, kernel);
  }
  add(writer_, layout.writer(), kernel);
}

void Operands::add(Operand& operand, const Place& place, const Kernel& kernel) {
  operand.forward.shape(kernel, place.columns, place.rows);
  operand.backward.shape(kernel, place.rows, place.columns);
  sources_.push_back({&operand, place});
}

void Operands::refresh(const float* weights, engine::Crew& crew) {
  struct Piece {
    const Source* source;
    std::size_t row;
  };
  std::vector<Piece> pieces;
  for (const Source& source : sources_) {
    for (std::size_t row = 0; row < source.place.rows; row += kRowsAtOnce)
      pieces.push_back({&source, row});
  }
  crew.run(pieces.size(), [&](std::size_t i) {
    const Place& place = pieces[i].source->place;
    const std::size_t first = pieces[i].row;
    const Rows rows{weights + place.begin + first * place.columns,
                    std::min(kRowsAtOnce, place.rows - first), place.columns, place.columns};
    pieces[i].source->operand->forward.put_columns(first, rows);
    pieces[i].source->operand->backward.put_rows(first, rows);
  });
}

}  // namespace hearth::train
