// The matrices of a model as operands of products, in both directions. Made anew after every step
// of the optimiser.
//
// Ownership: it owns its copies and borrows nothing.
// Threads:   refresh() uses the crew; reading is thread-safe.
#pragma once

#include <vector>

#include "engine/crew.h"
#include "train/matrix/panels.h"
#include "train/network/weights.h"

namespace hearth::train {

struct Operand {
  Panels forward;   // what goes in times this is what comes out
  Panels backward;  // the gradient of what comes out times this is that of what goes in
};

struct LayerOperands {
  Operand query, key, value, attention_out, gate, up, down;
};

class Operands {
 public:
  Operands(const Layout& layout, const Kernel& kernel);

  void refresh(const float* weights, engine::Crew& crew);

  const LayerOperands& layer(std::size_t index) const { return layers_[index]; }
  const Operand& writer() const { return writer_; }

 private:
  struct Source {
    Operand* operand;
    Place place;
  };
  void add(Operand& operand, const Place& place, const Kernel& kernel);

  std::vector<LayerOperands> layers_;
  Operand writer_;
  std::vector<Source> sources_;
};

}  // namespace hearth::train
