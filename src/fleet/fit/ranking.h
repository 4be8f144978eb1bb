// Which models suit this machine, best first: those that are here, and well-known ones. For
// `hearth fit`.
//
// Threads: rank is pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fleet/fit/verdict.h"
#include "gguf/model_facts.h"
#include "gguf/model_kind.h"
#include "wire/messages.h"

namespace hearth::fleet {

struct Candidate {
  std::string name;
  gguf::ModelFacts facts;
  std::uint64_t size_bytes = 0;  // of its files
  wire::Load load;               // how it would be loaded, in the context that is asked for
  std::uint64_t asked = 0;       // tokens that somebody asks for; 0: as it is loaded
  std::optional<SeenMemory> seen = {};
  bool installed = false;
  bool loaded = false;
};

struct RankedModel {
  std::string name;
  gguf::ModelKind kind = gguf::ModelKind::kText;
  std::uint64_t parameters = 0;
  std::string quantisation;
  std::uint64_t size_bytes = 0;
  std::uint64_t context_trained = 0;
  Fit fit;
  bool installed = false;
  bool loaded = false;
};

struct FitList {
  Machine machine;
  std::uint32_t context = 0;        // that was asked for
  std::vector<RankedModel> models;  // those that write first, then those that embed or judge
  std::vector<std::string> unread;  // models that are here and whose files could not be read
};

// First what fits, the largest first; then what fits with a smaller context, what is tight and what
// does not fit, the smallest first. Of equals what is installed comes first.
std::vector<RankedModel> rank(const std::vector<Candidate>& candidates, const Machine& machine);

}  // namespace hearth::fleet
