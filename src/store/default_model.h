// Which model is meant where nobody names one and no setting does: the largest that was installed,
// else the largest that another program holds, else the one that ships with Hearth to be talked to.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "store/model_file.h"

namespace hearth::store {

// What ships with Hearth: one to talk to, and one that makes vectors.
inline constexpr std::string_view kEmber = "ember";
inline constexpr std::string_view kEmberEmbed = "ember-embed";

struct ModelRival {
  std::string_view name;
  std::uint64_t size_bytes = 0;
  Holder holder = Holder::kNobody;
  bool built_in = false;
};

struct DefaultModel {
  std::size_t place = 0;   // in the list
  std::size_t rivals = 1;  // of its kind, itself among them
};

// Nothing where there is none to choose from.
std::optional<DefaultModel> find_default_model(std::span<const ModelRival> models);

}  // namespace hearth::store
