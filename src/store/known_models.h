// What well-known models are made of, from a list that ships with Hearth: enough to say without a
// network, and without the model, how much memory it would need. Sizes are about right and no more.
//
// Threads: immutable.
// Errors:  a list with a wrong line is kInvalidArgument with its number; the built-in one has none.
// Limits:  kKnownModelsMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gguf/model_facts.h"

namespace hearth::store {

inline constexpr std::size_t kKnownModelsMax = 1024;

struct KnownModel {
  std::string name;  // the alias that gets it
  std::uint64_t file_bytes = 0;
  gguf::ModelFacts facts;  // as far as memory depends on them
};

// Lines of thirteen columns, as models/known.txt explains them.
Result<std::vector<KnownModel>> parse_known_models(std::string_view text);
// What ships.
std::vector<KnownModel> known_models();

}  // namespace hearth::store
